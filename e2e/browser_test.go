package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long anything in a page may take: more than a busy machine needs, and less than
// what makes a person give up on a test.
const patience = 15 * time.Second

// one is the browser that all tests share, each in a context of its own: nothing that a test
// stores, its cookies and cache included, is seen by another.
var one = sync.OnceValues(start)

func TestMain(m *testing.M) {
	status := m.Run()
	stop()
	os.Exit(status)
}

var stop = func() {}

func start() (context.Context, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "gatehouse-e2e-")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.UserDataDir(profile),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// Whether a machine has IPv6, and in which order it tries, is not what is tested here.
		chromedp.Flag("host-resolver-rules", "MAP localhost 127.0.0.1"),
	)
	if os.Geteuid() == 0 { // as root it does not start with its sandbox
		options = append(options, chromedp.NoSandbox)
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	browser, endBrowser := chromedp.NewContext(allocator)
	stop = func() {
		endBrowser()
		endAllocator()
		_ = os.RemoveAll(profile) // a leftover in the temporary folder is no reason to fail
	}
	if err := chromedp.Do(browser); err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	return browser, nil
}

// find looks for the browser. Without one nothing is tested, so that is a failure and never a skip.
func find() (string, error) {
	if program := os.Getenv("CHROME"); program != "" {
		found, err := exec.LookPath(program)
		if err != nil {
			return "", fmt.Errorf("CHROME is %q: %w", program, err)
		}
		return found, nil
	}
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/usr/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("these tests need Chromium or Chrome: `apt-get install chromium`, or set CHROME to the program")
}
