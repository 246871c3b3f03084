package main

import (
	"bufio"
	"bytes"
	"path/filepath"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// The pages again, without sockets and without a client, for looking at one of them alone:
//
//	go test -run '^$' -bench 'Page/kit' -benchmem -cpuprofile cpu.pprof
func BenchmarkSignInPage(b *testing.B) {
	each(b, "", signInPage())
}

func BenchmarkAccountPage(b *testing.B) {
	each(b, "signed in", accountPage("SQLite"))
}

func each(b *testing.B, cookies string, c contest) {
	asks := askers(b, cookies, c)
	for _, name := range append([]string{theKit}, c.rivals...) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			ask := asks[name]
			for b.Loop() {
				ask()
			}
		})
	}
}

// What the kit does for a page beyond drawing it must not grow unnoticed. Time cannot be held to a
// bound on a machine that does other things; how often memory is asked for can.
func TestAllocations(t *testing.T) {
	for _, test := range []struct {
		contest
		cookies    string
		most, more float64
	}{
		{signInPage(), "", 250, 40},
		{accountPage("SQLite"), "signed in", 600, 90},
	} {
		asks := askers(t, test.cookies, test.contest)
		for _, ask := range asks {
			ask() // what is made once
		}
		kit, bare := testing.AllocsPerRun(200, asks[theKit]), testing.AllocsPerRun(200, asks[test.rivals[0]])
		if kit > test.most || kit-bare > test.more {
			t.Errorf("%s: the kit allocates %.0f times, which may be %.0f, and the bare page %.0f, with which it may be %.0f more",
				test.title, kit, test.most, bare, test.more)
		}
	}
}

// askers are functions that each have a server answer one request.
func askers(tb testing.TB, cookies string, c contest) map[string]func() {
	k, err := newKit(tb.Context(), setup{Database: "sqlite:" + filepath.Join(tb.TempDir(), "bench.db"), People: 8})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(k.close)
	if cookies != "" {
		cookies = k.cookies
	}
	servers, err := k.servers()
	if err != nil {
		tb.Fatal(err)
	}
	asks := map[string]func(){}
	for _, name := range append([]string{theKit}, c.rivals...) {
		asks[name] = asker(tb, servers[name], get(c.path, cookies))
	}
	return asks
}

func asker(tb testing.TB, server *fiber.App, sent call) func() {
	var request fasthttp.Request
	if err := request.Read(bufio.NewReader(bytes.NewReader(sent))); err != nil {
		tb.Fatal(err)
	}
	answer := server.Handler()
	var c fasthttp.RequestCtx
	return func() {
		c.Init(&request, nil, nil)
		answer(&c)
		if status := c.Response.StatusCode(); status != fiber.StatusOK {
			tb.Fatalf("the server answered %d", status)
		}
		c.Response.Reset()
	}
}
