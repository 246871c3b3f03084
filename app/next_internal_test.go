package app

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
)

// A reading is where a browser that stands on https://shop.example/login goes.
type reading struct {
	origin, path string
}

// browse reads a reference as the URL Standard's parser does (section 4.4), as far as it decides
// who is asked: it drops tabs and line breaks anywhere, control characters and space around, takes
// a backslash for a slash, finds hosts wherever two slashes follow the scheme or begin the
// reference, and resolves dots, percent-encoded ones too. It shares no code with what it judges.
func browse(ref string) reading {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	ref = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(ref)
	scheme, rest := "https", ref
	if colon := strings.IndexByte(ref, ':'); colon > 0 && isScheme(ref[:colon]) {
		scheme, rest = strings.ToLower(ref[:colon]), ref[colon+1:]
		if scheme != "https" && scheme != "http" {
			return reading{origin: scheme + ":"}
		}
		if scheme != "https" && !strings.HasPrefix(slashed(rest), "//") {
			rest = "//" + strings.TrimLeft(slashed(rest), "/")
		}
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	rest = slashed(rest)
	if after, host := strings.CutPrefix(rest, "//"); host {
		host, path, _ := strings.Cut(strings.TrimLeft(after, "/"), "/")
		return reading{scheme + "://" + strings.ToLower(host), "/" + path}
	}
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	var segments []string
	parts := strings.Split(rest[1:], "/")
	for i, segment := range parts {
		dots := strings.ReplaceAll(strings.ToLower(segment), "%2e", ".")
		if dots == ".." {
			segments = segments[:max(0, len(segments)-1)]
		}
		switch {
		case dots != "." && dots != "..":
			segments = append(segments, segment)
		case i == len(parts)-1:
			segments = append(segments, "")
		}
	}
	return reading{scheme + "://shop.example", "/" + strings.Join(segments, "/")}
}

func slashed(s string) string { return strings.ReplaceAll(s, `\`, "/") }

func isScheme(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", r)) {
			return false
		}
	}
	return true
}

// The judge must be able to see what is wrong.
func TestBrowse(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{
		"/orders": "https://shop.example", "orders": "https://shop.example", "https:orders": "https://shop.example", "?x": "https://shop.example",
		"//evil.example": "https://evil.example", `/\evil.example`: "https://evil.example", "/\t/evil.example": "https://evil.example",
		" \x00//evil.example": "https://evil.example", "///evil.example/x": "https://evil.example", "https://evil.example": "https://evil.example",
		`\\\evil.example`: "https://evil.example", "https:/evil.example": "https://shop.example", "http:/evil.example": "http://evil.example",
		"javascript:x": "javascript:", "java\tscript:x": "javascript:", "HTTPS://shop.example:444/": "https://shop.example:444",
		"https://shop.example@evil.example/": "https://shop.example@evil.example", "https://evil.example\\@shop.example": "https://evil.example",
	} {
		if got := browse(ref).origin; got != want {
			t.Errorf("%q goes to %s, want %s", ref, got, want)
		}
	}
	if got := browse("/%2E%2e//evil").path; got != "//evil" {
		t.Errorf("dots resolve to %q", got)
	}
}

func follower() *App {
	return &App{Config: Config{URL: "https://shop.example", Origins: []string{"https://docs.shop.example", "https://shop.example:8443"}}}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"/": "/", "/orders?page=2#top": "/orders?page=2#top", "/a%2fb": "/a%2fb", "/a b": "/a%20b", "/ä?q=ä": "/%C3%A4?q=ä", "/#a/b%2F": "/#a/b%2F",
		"https://shop.example": "/", "https://shop.example/": "/", "https://shop.example?x=1": "/?x=1", "https://shop.example/orders": "/orders",
		"https://docs.shop.example/x?y": "https://docs.shop.example/x?y", "https://shop.example:8443/x": "https://shop.example:8443/x",

		"": "", "orders": "", "?x": "", "#x": "", "//shop.example/orders": "", "%2forders": "", "%2Forders%2f": "", "https:/orders": "", "https:orders": "", "https:///orders": "",
		"https://shop.example.evil.example/": "", "https://shop.exampleevil/": "", "https://shop.example@evil.example/": "", "https://evilshop.example/": "",
		"https://shop.example:444/": "", "http://shop.example/": "", "https://docs.shop.example@evil.example/x": "", "https://docs.shop.example.evil.example/x": "",
		"https://docs.shop.example:444/x": "", "http://docs.shop.example/x": "", "https://shop.example//evil.example": "", "https://docs.shop.example//evil.example": "",
		"https://docs.shop.example/..//evil.example": "", `https://docs.shop.example/\evil.example`: "", "https://shop.example:8443@evil.example/": "",
		"https://user@shop.example/": "", "https://user:password@docs.shop.example/": "", "ftp://shop.example/": "", "javascript://shop.example/%0aalert(1)": "",
	} {
		if got := follower().follow(sent); got != want {
			t.Errorf("%q is followed to %q, want %q", sent, got, want)
		}
	}
}

// What is kept is read again at the next step: it must still be good there, whatever its length.
func TestNextCanBeKept(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		for _, filler := range []string{"a", " ", "ä", "%", "%41", "%e4", "\U0001F600", "\""} {
			for _, before := range []string{"/", "/?q=", "/#"} {
				sent := before + strings.Repeat(filler, n*60)
				if kept := safeNext(sent); kept != "" && (safeNext(kept) != kept || len(kept) > maxNext) {
					t.Fatalf("%d times %q after %q: kept %d bytes, then %d", n*60, filler, before, len(kept), len(safeNext(kept)))
				}
			}
		}
	}
}

func FuzzNext(f *testing.F) {
	for _, seed := range []string{
		"/", "/orders?page=2#top", "//e", "///e", `/\e`, `\\\e`, "/%09/e", "/%5ce", "https:e", "https:/e", "http://good@e", `http://e\@good`, "/..//e", `/./\e`,
		"/\t/e", "/\n/e", "/\r\n/e", "/\x00/e", "\x01//e", " //e", "javascript:alert(1)", "data:text/html,x", "//e。example", "//[::1]/", "/%", "/%zz", "/%2e%2e//e", "/.%2E//e", "/a/..//e",
		"/%2fe", "%2fe", "/%2F%2fe", "/;//e", "/?//e", "/#//e", "/\u2028/e", "/\ufeff/e", "/\u00a0/e", "/／e", "/ //e", "/a:b", "/:80", "/@e", "/*", "/[", "/\"", "/<script>", "/?<script>",
		"https://shop.example", "https://shop.example/x", "https://shop.example//e", "https://shop.example.e/", "https://shop.example@e", "https://docs.shop.example/x", "https://docs.shop.example//e", "HTTPS://SHOP.EXAMPLE/x",
	} {
		f.Add(seed)
	}
	f.Fuzz(checkNext)
}

// Every way to put together four of the pieces that such attacks are made of.
func TestNextOfPieces(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"/", `\`, ".", "..", "%2e", "%2f", "%5C", "%09", "\t", "\r\n", " ", "\x00", "e", ":", "@", "?", "#", "//", ";", "%", "。",
		"https:", "http:", "https://shop.example", "https://docs.shop.example", "https://docs.shop.example/", "shop.example", "evil.example", "javascript:",
	}
	var build func(sent string, left int)
	build = func(sent string, left int) {
		checkNext(t, sent)
		if left == 0 || t.Failed() {
			return
		}
		for _, piece := range pieces {
			build(sent+piece, left-1)
		}
	}
	build("", 3)
	for _, before := range []string{"/", "https://shop.example/", "https://docs.shop.example/"} {
		build(before, 3)
	}
}

// checkNext holds what both readers of a next promise: the answer is empty, or a path on an origin
// that is allowed, for net/url as for a browser, and stays what it is when it is read again.
func checkNext(t *testing.T, sent string) {
	t.Helper()
	a := follower()
	if to := safeNext(sent); to != "" {
		checkReading(t, sent, to, a.Config.URL)
		if again := safeNext(to); again != to || !local(to) {
			t.Fatalf("%q: %q, read again, is %q", sent, to, again)
		}
	}
	to := a.follow(sent)
	if to == "" {
		return
	}
	origin := a.Config.URL
	for _, listed := range a.Origins {
		if strings.HasPrefix(to, listed+"/") {
			origin = listed
		}
	}
	checkReading(t, sent, to, origin)
	if again := a.follow(to); again != to {
		t.Fatalf("%q: followed to %q and then to %q", sent, to, again)
	}
}

func checkReading(t *testing.T, sent, to, origin string) {
	t.Helper()
	const own = "https://shop.example"
	path := to
	if origin != own {
		path = strings.TrimPrefix(to, origin)
		if got := browse(to).origin; got != origin {
			t.Fatalf("%q: a browser reads %q as %s", sent, to, got)
		}
	}
	if path[0] != '/' || strings.ContainsRune(to, '\\') || strings.ContainsFunc(to, unicode.IsControl) {
		t.Fatalf("%q: %q", sent, to)
	}
	base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/login"}
	if resolved, err := base.Parse(to); err != nil || resolved.Scheme+"://"+resolved.Host != origin || resolved.User != nil || resolved.Opaque != "" {
		t.Fatalf("%q: net/url reads %q as %v, %v", sent, to, resolved, err)
	}
	got := browse(path)
	if got.origin != own || strings.HasPrefix(slashed(got.path), "//") {
		t.Fatalf("%q: a browser reads %q as %+v", sent, path, got)
	}
	// Whoever decodes the path once more, as a proxy may, reads no host either.
	if decoded, err := url.PathUnescape(got.path); err == nil && strings.HasPrefix(slashed(decoded), "//") {
		t.Fatalf("%q: %q decoded is %q", sent, path, decoded)
	}
}
