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
	k, err := newKit(b.Context(), setup{Database: "sqlite:" + filepath.Join(b.TempDir(), "bench.db"), People: 8})
	if err != nil {
		b.Fatal(err)
	}
	defer k.close()
	if cookies != "" {
		cookies = k.cookies
	}
	servers, err := k.servers()
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range append([]string{theKit}, c.rivals...) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			page(b, servers[name], get(c.path, cookies))
		})
	}
}

// page has a server answer one request again and again.
func page(b *testing.B, server *fiber.App, sent call) {
	var request fasthttp.Request
	if err := request.Read(bufio.NewReader(bytes.NewReader(sent))); err != nil {
		b.Fatal(err)
	}
	answer := server.Handler()
	var c fasthttp.RequestCtx
	for b.Loop() {
		c.Init(&request, nil, nil)
		answer(&c)
		if status := c.Response.StatusCode(); status != fiber.StatusOK {
			b.Fatalf("the server answered %d", status)
		}
		c.Response.Reset()
	}
}
