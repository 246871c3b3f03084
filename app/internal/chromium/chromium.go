// Package chromium draws pages by a browser of the Chromium family that is installed, which it
// speaks to by the DevTools protocol: so much of it as a picture takes.
package chromium

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"time"
)

// names are what the program is called, on the path or at the places where it is installed.
func names() []string {
	return []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
		`C:\Program Files\Google\Chrome\Application\chrome.exe`,
	}
}

// ErrNone says that no browser is installed.
var ErrNone = errors.New("there is no Chromium or Chrome on this machine: install one, such as by apt-get install chromium, or name the program")

// Find is the program of the browser: the one named, or else the one that the environment's CHROME
// names, or else one that is installed.
func Find(named string) (string, error) {
	if named = cmp.Or(named, os.Getenv("CHROME")); named != "" {
		program, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("the browser %q cannot be run: %w", named, err)
		}
		return program, nil
	}
	for _, name := range names() {
		if program, err := exec.LookPath(name); err == nil {
			return program, nil
		}
	}
	return "", ErrNone
}

// A Browser is one that was started, without a window and with a profile of its own.
type Browser struct {
	process *exec.Cmd
	profile string
	// at is the host and port on which it is spoken to.
	at string
}

// startWithin is how long a browser may take until it can be spoken to.
const startWithin = 30 * time.Second

// origin is what we call ourselves to the browser, which takes orders from no other.
const origin = "http://gatehouse.invalid"

var listening = regexp.MustCompile(`^DevTools listening on ws://([^/]+)/`)

// Start starts the program. The browser ends with ctx, or by Close.
func Start(ctx context.Context, program string) (*Browser, error) {
	profile, err := os.MkdirTemp("", "gatehouse-chromium-")
	if err != nil {
		return nil, err
	}
	args := []string{
		"--headless", "--remote-debugging-port=0", "--remote-allow-origins=" + origin, "--user-data-dir=" + profile, "--no-first-run",
		"--no-default-browser-check", "--disable-gpu", "--disable-component-update", "--disable-background-networking",
		"--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--mute-audio",
		"--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
	}
	if os.Geteuid() == 0 { // as root it does not start with its sandbox
		args = append(args, "--no-sandbox")
	}
	b := &Browser{process: exec.CommandContext(ctx, program, append(args, "about:blank")...), profile: profile}
	said, err := b.process.StderrPipe()
	if err == nil {
		err = b.process.Start()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", program, err), os.RemoveAll(profile))
	}
	found := make(chan string, 1)
	go func() {
		defer close(found)
		lines := bufio.NewScanner(said)
		for lines.Scan() {
			if at := listening.FindStringSubmatch(lines.Text()); at != nil {
				found <- at[1]
				break
			}
		}
		_, _ = io.Copy(io.Discard, said) // so that it never waits to be read
	}()
	select {
	case b.at = <-found:
	case <-time.After(startWithin):
	}
	if b.at == "" {
		return nil, errors.Join(fmt.Errorf("%s does not start without a window; try it by hand: %s --headless --dump-dom about:blank", program, program), b.Close())
	}
	return b, nil
}

// endWithin is how long a browser may take to end by itself, and then what it has started.
const endWithin = 5 * time.Second

// Close ends the browser and forgets its profile.
func (b *Browser) Close() error {
	if b.process.Process.Signal(os.Interrupt) != nil {
		_ = b.process.Process.Kill() // it may have ended
	}
	impatient := time.AfterFunc(endWithin, func() { _ = b.process.Process.Kill() })
	_ = b.process.Wait() // by a signal
	impatient.Stop()
	err := os.RemoveAll(b.profile)
	for tries := 100; err != nil && tries > 0; tries-- { // what it has started may write until it ends, too
		time.Sleep(endWithin / 100)
		err = os.RemoveAll(b.profile)
	}
	return err
}
