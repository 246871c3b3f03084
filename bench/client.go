package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A call is one request, written down once and sent many times: the client shares the machine with
// the server, so that whatever it does per request would make every server look alike.
type call []byte

// browser is what a browser says of itself with every request.
const browser = "Host: " + host + "\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
	"Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9,de;q=0.8\r\n" +
	"Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\n"

func get(path, cookies string) call {
	if cookies != "" {
		cookies = "Cookie: " + cookies + "\r\n"
	}
	return call("GET " + path + " HTTP/1.1\r\n" + browser + cookies + "\r\n")
}

func post(path, form string) call {
	return call("POST " + path + " HTTP/1.1\r\n" + browser + "Origin: " + origin +
		"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + strconv.Itoa(len(form)) + "\r\n\r\n" + form)
}

// A line is one keep-alive connection.
type line struct {
	conn net.Conn
	in   *bufio.Reader
}

// An answer is what matters of a response.
type answer struct {
	status     int
	size       int
	retryAfter time.Duration
}

func dial(ctx context.Context, address string) (*line, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if until, bounded := ctx.Deadline(); bounded {
		if err := conn.SetDeadline(until); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return &line{conn, bufio.NewReaderSize(conn, 64<<10)}, nil
}

// do sends a call and reads the whole answer.
func (l *line) do(c call) (a answer, err error) {
	if _, err := l.conn.Write(c); err != nil {
		return a, err
	}
	status, err := l.in.ReadSlice('\n')
	if err != nil {
		return a, err
	}
	if len(status) < 12 {
		return a, fmt.Errorf("the server answered %q", status)
	}
	if a.status, err = strconv.Atoi(string(status[9:12])); err != nil {
		return a, fmt.Errorf("the server answered %q", status)
	}
	for {
		header, err := l.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		header = bytes.TrimRight(header, "\r\n")
		if len(header) == 0 {
			break
		}
		if value, is := bytes.CutPrefix(header, []byte("Content-Length: ")); is {
			if a.size, err = strconv.Atoi(string(value)); err != nil {
				return a, err
			}
		}
		if value, is := bytes.CutPrefix(header, []byte("Retry-After: ")); is {
			seconds, err := strconv.Atoi(string(value))
			if err != nil {
				return a, err
			}
			a.retryAfter = time.Duration(seconds) * time.Second
		}
	}
	_, err = l.in.Discard(a.size)
	return a, err
}

// fetch reads one answer with its headers, for comparing what is to be measured.
func fetch(ctx context.Context, address string, c call) (header textproto.MIMEHeader, body string, err error) {
	l, err := dial(ctx, address)
	if err != nil {
		return nil, "", err
	}
	defer l.conn.Close()
	if _, err := l.conn.Write(c); err != nil {
		return nil, "", err
	}
	text := textproto.NewReader(l.in)
	status, err := text.ReadLine()
	if err != nil {
		return nil, "", err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return nil, "", fmt.Errorf("the server answered %q", status)
	}
	if header, err = text.ReadMIMEHeader(); err != nil {
		return nil, "", err
	}
	size, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return nil, "", err
	}
	content := make([]byte, size)
	for n := 0; n < size && err == nil; {
		var more int
		more, err = l.in.Read(content[n:])
		n += more
	}
	return header, string(content), err
}

// load has conns connections send calls, one after the other, for a while, and returns how many
// were answered with want. Each connection goes through the calls from another one on.
func load(ctx context.Context, address string, conns, want int, span time.Duration, calls ...call) (answered int, took time.Duration, err error) {
	lines := make([]*line, conns)
	defer func() {
		for _, l := range lines {
			if l != nil {
				_ = l.conn.Close() // the round is over
			}
		}
	}()
	for i := range lines {
		if lines[i], err = dial(ctx, address); err != nil {
			return 0, 0, err
		}
	}
	var (
		done    atomic.Bool
		count   atomic.Int64
		failed  = make(chan error, conns)
		clients sync.WaitGroup
	)
	timer := time.AfterFunc(span, func() { done.Store(true) })
	defer timer.Stop()
	begun := time.Now()
	for i, l := range lines {
		clients.Go(func() {
			n := 0
			defer func() { count.Add(int64(n)) }()
			for !done.Load() {
				a, err := l.do(calls[(i+n*conns)%len(calls)])
				if err == nil && a.status != want {
					err = fmt.Errorf("the server answered %d, not %d", a.status, want)
				}
				if err != nil {
					failed <- err
					return
				}
				n++
			}
		})
	}
	clients.Wait()
	took = time.Since(begun)
	close(failed)
	return int(count.Load()), took, <-failed
}

// percentile is the value that p in a hundred of values stay at or below.
func percentile[T float64 | time.Duration](values []T, p int) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

func median[T float64 | time.Duration](values []T) T { return percentile(values, 50) }
