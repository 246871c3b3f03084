// Package examples_test runs the examples as somebody would who reads them for the first time.
package examples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	ada      = "ada@example.com"
	password = "a lighthouse, two otters and a kite"
)

// stories are what each example's README says to do.
var stories = map[string]func(*example){
	"basic": func(e *example) {
		e.sees("/", "Everybody sees this page")
		e.isSentAway("/orders")
		e.posts("/register", fields{"email": ada, "password": password})
		e.posts("/login", fields{"email": ada, "password": password})
		e.sees("/orders", "Your orders")
	},
	"addresses": func(e *example) {
		e.posts("/register", fields{"email": ada, "password": password})
		e.posts("/confirm/code", fields{"email": ada, "code": e.mailed(ada, "confirm").Codes[0]})
		e.posts("/login", fields{"email": ada, "password": password})
		e.sees("/", "Your mails go to "+ada)
		const second = "countess@example.org"
		e.posts("/addresses", fields{"email": second, "password": password})
		e.posts(e.path(e.mailed(second, "change_email").Links[0]), nil)
		e.posts("/logout", nil)
		e.posts("/login", fields{"email": second, "password": password})
		e.sees("/", "Your mails go to "+ada)
	},
	"invitations": func(e *example) {
		e.isSentAway("/")
		if status, answer := e.ask(http.MethodPost, "/register", fields{"email": ada, "username": "ada", "password": password}); status != http.StatusForbidden {
			e.t.Errorf("registering without an invitation is answered %d: %s", status, answer)
		}
		e.runs("invitations", "send", ada)
		link := e.path(e.mailed(ada, "invite").Links[0])
		e.posts("/register", fields{"username": "ada", "password": password, "next": link})
		e.sees("/", "Welcome to the club")
		e.posts("/invite", fields{"email": "grace@example.com"})
		e.mailed("grace@example.com", "invite")
	},
	"fields": func(e *example) {
		if status, answer := e.ask(http.MethodPost, "/register", fields{"email": ada, "password": password, "company": "acme"}); status != http.StatusBadRequest || !strings.Contains(answer, "company.rival") {
			e.t.Errorf("a rival is answered %d: %s", status, answer)
		}
		e.posts("/register", fields{"email": ada, "password": password, "company": "Analytical Engines"})
		e.posts("/login", fields{"email": ada, "password": password})
		e.sees("/", "You work at Analytical Engines.")
	},
}

func TestExamples(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("*/main.go")
	folders = slices.DeleteFunc(folders, func(file string) bool { return file == filepath.Join("replace", "main.go") }) // has its own test
	if err != nil || len(folders) != len(stories) {
		t.Fatalf("there are the examples %q and %d stories (%v)", folders, len(stories), err)
	}
	for _, file := range folders {
		name := filepath.Dir(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story, told := stories[name]
			if !told {
				t.Fatal("it has no story")
			}
			source, err := os.ReadFile(file)
			if lines := bytes.Count(source, []byte("\n")); err != nil || lines > 80 {
				t.Errorf("main.go has %d lines (%v): what people copy fits on one screen", lines, err)
			}
			readme, err := os.ReadFile(filepath.Join(name, "README.md"))
			if err != nil || !strings.Contains(string(readme), "go run ./examples/"+name) {
				t.Errorf("README.md does not say how to start it (%v)", err)
			}
			story(start(t, name))
		})
	}
}

type fields map[string]string

// An example is one that runs, and the browser of somebody who tries it.
type example struct {
	t       *testing.T
	program string
	folder  string
	url     string
	client  http.Client
}

// build makes all of them at once.
var build = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "examples-*")
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", folder+"/", "./...").CombinedOutput()
	if err != nil {
		os.Stderr.Write(out)
	}
	return folder, err
})

func TestMain(m *testing.M) {
	status := m.Run()
	if folder, err := build(); err == nil {
		os.RemoveAll(folder)
	}
	os.Exit(status)
}

func start(t *testing.T, name string) *example {
	t.Helper()
	folder, err := build()
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	addr := free(t)
	e := &example{t: t, program: filepath.Join(folder, name), folder: t.TempDir(), url: "http://" + addr, client: http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	var said bytes.Buffer
	serving := exec.CommandContext(t.Context(), e.program, "serve", "--addr", addr)
	serving.Dir, serving.Stdout, serving.Stderr = e.folder, &said, &said
	serving.Cancel = func() error { return serving.Process.Signal(os.Interrupt) }
	if err := serving.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serving.Wait() // interrupted, since the context of the test has ended
		if t.Failed() {
			t.Logf("it said:\n%s", said.String())
		}
	})
	for range 300 {
		if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr); err == nil {
			conn.Close()
			return e
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("it does not listen")
	return nil
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "localhost:" + port
}

func (e *example) sees(path, text string) {
	e.t.Helper()
	if status, page := e.do(http.MethodGet, path, nil, "text/html"); status != http.StatusOK || !strings.Contains(page, text) {
		e.t.Fatalf("GET %s is answered %d without %q:\n%s", path, status, text, page)
	}
}

func (e *example) isSentAway(path string) {
	e.t.Helper()
	if status, page := e.do(http.MethodGet, path, nil, "text/html"); status != http.StatusSeeOther {
		e.t.Fatalf("GET %s is answered %d, and not by the way to sign in:\n%s", path, status, page)
	}
}

func (e *example) posts(path string, in fields) {
	e.t.Helper()
	if status, answer := e.ask(http.MethodPost, path, in); status != http.StatusOK {
		e.t.Fatalf("POST %s is answered %d: %s", path, status, answer)
	}
}

// A letter is a mail as /dev/mailbox tells of it.
type letter struct {
	Kind         string
	Links, Codes []string
}

// mailed is the newest mail of a kind to an address; another process may still have to hand it over.
func (e *example) mailed(to, kind string) letter {
	e.t.Helper()
	var answer string
	for range 100 {
		var list struct{ Response struct{ Messages []letter } }
		if _, answer = e.ask(http.MethodGet, "/dev/mailbox?to="+url.QueryEscape(to), nil); json.Unmarshal([]byte(answer), &list) != nil {
			break
		}
		for _, m := range list.Response.Messages {
			if m.Kind == kind {
				return m
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	e.t.Fatalf("no mail %s came to %s: %s", kind, to, answer)
	return letter{}
}

// runs runs a command of the example beside it.
func (e *example) runs(args ...string) {
	e.t.Helper()
	command := exec.CommandContext(e.t.Context(), e.program, args...)
	command.Dir = e.folder
	if out, err := command.CombinedOutput(); err != nil {
		e.t.Fatalf("%q: %v\n%s", args, err, out)
	}
}

// path is what follows the origin in a link.
func (e *example) path(link string) string {
	e.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		e.t.Fatal(err)
	}
	return u.RequestURI()
}

func (e *example) ask(method, path string, in fields) (status int, answer string) {
	e.t.Helper()
	return e.do(method, path, in, "application/json")
}

func (e *example) do(method, path string, in fields, accept string) (status int, answer string) {
	e.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		e.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(e.t.Context(), method, e.url+path, bytes.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "same-origin") // as the pages of the site do
	}
	got, err := e.client.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer got.Body.Close()
	content, err := io.ReadAll(got.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return got.StatusCode, string(content)
}
