package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// running is the demo while it runs.
type running struct {
	*exec.Cmd
	url, password string
	stderr        *bytes.Buffer
	took          time.Duration
}

var announced = regexp.MustCompile(`(?s)^Gatehouse is at\s+(http://localhost:\d+)\nIts mails are at\s+(http://localhost:\d+/dev/mailbox)\nSign in as\s+demo@example.com or demo\nwith password\s+(\S+)\n`)

// start runs program, or the test binary as the command, and waits for the demo's first page.
func start(t *testing.T, program string, args ...string) *running {
	t.Helper()
	if program == "" {
		program = os.Args[0]
	}
	r := &running{Cmd: exec.CommandContext(t.Context(), program, append([]string{"demo"}, args...)...), stderr: new(bytes.Buffer)}
	r.Env = append(os.Environ(), asCommand+"=yes")
	r.Stderr = r.stderr
	out, err := r.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	lines, said := bufio.NewReader(out), ""
	for !strings.Contains(said, "Ctrl-C") {
		line, err := lines.ReadString('\n')
		if said += line; err != nil {
			t.Fatalf("the demo ended: %v\n%s%s", r.Wait(), said, r.stderr)
		}
	}
	parts := announced.FindStringSubmatch(said)
	if parts == nil {
		t.Fatalf("the demo announces itself by\n%s", said)
	}
	r.url, r.password = parts[1], parts[3]
	if parts[2] != r.url+"/dev/mailbox" {
		t.Errorf("the mailbox is announced at %s, the demo at %s", parts[2], r.url)
	}
	if status, _ := r.get(t, http.DefaultClient, "/"); status != http.StatusOK {
		t.Fatalf("the first page answers %d", status)
	}
	r.took = time.Since(begun)
	return r
}

func (r *running) get(t *testing.T, client *http.Client, path string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

// stop ends the demo by a signal, which is success.
func (r *running) stop(t *testing.T, how os.Signal) {
	t.Helper()
	if err := r.Process.Signal(how); err != nil {
		t.Fatal(err)
	}
	if err := r.Wait(); err != nil {
		t.Fatalf("after %v the demo ends by %v\n%s", how, err, r.stderr)
	}
}

// signIn returns a browser in which the demo's account is signed in.
func (r *running) signIn(t *testing.T, as string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	form := url.Values{"email": {as}, "password": {r.password}, "next": {"/members"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Request.URL.Path != "/members" {
		t.Fatalf("signing in as %s leads to %s with %d", as, answer.Request.URL, answer.StatusCode)
	}
	return client
}

func TestDemoIsTheStarterWithAnAccount(t *testing.T) {
	t.Parallel()
	dbtest.EachURL(t, func(t *testing.T, database string) {
		data := filepath.Join(t.TempDir(), "new", "folder")
		first := start(t, "", "--data", data, "--db", database, "--addr", "127.0.0.1:0")
		if _, body := first.get(t, http.DefaultClient, "/"); !strings.Contains(body, "Gatehouse is running") {
			t.Error("home does not greet a guest")
		}
		client := first.signIn(t, "demo@example.com")
		if _, body := first.get(t, client, "/"); !strings.Contains(body, "Welcome, demo") {
			t.Error("home does not greet who is signed in")
		}
		for _, path := range []string{"/account", "/terms", "/dev/mailbox", "/robots.txt"} {
			if status, _ := first.get(t, client, path); status != http.StatusOK {
				t.Errorf("%s answers %d", path, status)
			}
		}
		first.stop(t, os.Interrupt)

		again := start(t, "", "serve", "--db="+database, "--data="+data, "--addr", ":0")
		defer again.stop(t, syscall.SIGTERM)
		if again.password != first.password {
			t.Error("the password changed from one start to the next")
		}
		again.signIn(t, "demo")
	})
}

// The password that is printed opens the account, even if the one in the database is another.
func TestDemoPasswordIsMended(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := start(t, "", "--data", data, "--addr", "localhost:0")
	first.stop(t, syscall.SIGTERM)
	for _, name := range []string{"demo.db", "password", "secret"} {
		if info, err := os.Stat(filepath.Join(data, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is not for its owner alone: %v, %v", name, info, err)
		}
	}
	if err := os.WriteFile(filepath.Join(data, "password"), []byte("something-else\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again := start(t, "", "--data", data, "--addr", "localhost:0")
		if again.password == first.password || again.password == "something-else" {
			t.Errorf("the password is %s", again.password)
		}
		again.signIn(t, "demo")
		again.stop(t, syscall.SIGTERM)
	}
}

func TestDemoOnTakenPort(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	command := exec.CommandContext(t.Context(), os.Args[0], "demo", "--data", t.TempDir(), "--addr", addr)
	command.Env = append(os.Environ(), asCommand+"=yes")
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	var failed *exec.ExitError
	if err := command.Run(); !errors.As(err, &failed) || failed.ExitCode() != 1 {
		t.Errorf("the demo ends by %v, want exit status 1", err)
	}
	if want := fmt.Sprintf("cannot listen on %s: address already in use; choose another address by --addr\n", addr); said.String() != want {
		t.Errorf("the demo says %q, want %q", said.String(), want)
	}
	if out.Len() > 0 {
		t.Errorf("the demo announces itself: %s", out.String())
	}
}

// A request that has begun is answered, though the demo was told to stop and takes no more.
func TestDemoFinishesRequests(t *testing.T) {
	t.Parallel()
	for _, how := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(how.String(), func(t *testing.T) {
			t.Parallel()
			r := start(t, "", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
			addr := "127.0.0.1:" + strings.TrimPrefix(r.url, "http://localhost:")
			conn := dial(t, addr)
			defer conn.Close()
			form := url.Values{"email": {"demo"}, "password": {r.password}}.Encode()
			half := len(form) / 2
			if _, err := fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"+
				"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(form), form[:half]); err != nil {
				t.Fatal(err)
			}
			// The server has the request once it has answered another that came after.
			time.Sleep(100 * time.Millisecond)
			if status, _ := r.get(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, "/robots.txt"); status != http.StatusOK {
				t.Fatalf("robots.txt answers %d", status)
			}
			if err := r.Process.Signal(how); err != nil {
				t.Fatal(err)
			}
			untilRefused(t, addr)
			if _, err := io.WriteString(conn, form[half:]); err != nil {
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("the request was not answered: %v\n%s", err, r.stderr)
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/" {
				t.Errorf("signing in answers %d, Location %q", answer.StatusCode, answer.Header.Get("Location"))
			}
			if err := r.Wait(); err != nil {
				t.Errorf("the demo ends by %v\n%s", err, r.stderr)
			}
		})
	}
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func untilRefused(t *testing.T, addr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err != nil {
			return
		}
		conn.Close()
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the demo still takes connections")
}

// The first page comes within a second of the built program's start, the account made and all.
// The best of three counts: the machine may be busy with something else.
func TestDemoStartsAtOnce(t *testing.T) {
	program := filepath.Join(t.TempDir(), "gatehouse")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	best := time.Hour
	for range 3 {
		r := start(t, program, "--data", t.TempDir(), "--addr", "localhost:0")
		best = min(best, r.took)
		r.stop(t, syscall.SIGTERM)
	}
	if best > time.Second {
		t.Errorf("the first page took %v", best)
	}
	t.Logf("the first page took %v", best)
}
