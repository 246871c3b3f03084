package app

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNext is the longest way back that is kept.
const maxNext = 2000

// local reports whether path begins with one slash and so stays on this origin.
func local(path string) bool { return safeNext(path) == path && path != "" }

// safeNext reads where a visitor wants to go on to and returns it as a path of this origin; "" if
// it is anything else. The value is parsed once and rebuilt from its parts, so that no browser
// can read it otherwise than it was judged (ASVS 3.7.2).
//
// Browsers take a backslash for a slash and drop tabs and line breaks: "/\host" and "/<tab>/host"
// lead elsewhere for them. Neither survives here.
func safeNext(next string) string {
	if len(next) < 1 || len(next) > maxNext || next[0] != '/' || !utf8.ValidString(next) {
		return ""
	}
	if strings.ContainsRune(next, '\\') || strings.ContainsFunc(next, unicode.IsControl) {
		return ""
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return ""
	}
	path := u.EscapedPath()
	// Two slashes name a host; so do they once dots between them are taken out.
	if clean := u.JoinPath().EscapedPath(); strings.HasPrefix(path, "//") || strings.HasPrefix(clean, "//") ||
		strings.HasPrefix(strings.TrimLeft(strings.ReplaceAll(u.Path, "\\", "/"), "."), "//") {
		return ""
	}
	out := url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment}
	return out.String()
}

// follow reads where a visitor wants to go on to: a path of this origin, or a URL of this origin
// or of one that Config.Origins lists. Anything else is "".
func (a *App) follow(next string) string {
	if path, own := strings.CutPrefix(next, a.Config.URL); own {
		return safeNext("/" + strings.TrimPrefix(path, "/"))
	}
	for _, origin := range a.Origins {
		if path, listed := strings.CutPrefix(next, origin+"/"); listed {
			if path = safeNext("/" + path); path != "" {
				return origin + path
			}
		}
	}
	return safeNext(next)
}

// next is where this visitor wants to go on to: from the form, else the query, else nowhere.
// A value that leads off this origin is reported as not ok.
func (r *request) next() (path string, ok bool) {
	sent, _ := r.input()["next"].(string)
	if sent == "" {
		sent = r.c.Query("next")
	}
	if sent == "" {
		return "", true
	}
	path = strings.Clone(r.follow(sent))
	return path, path != ""
}

// withNext adds the way back to a URL; a page that is not there stays away.
func withNext(to, next string) string {
	if next == "" || to == "" {
		return to
	}
	return to + "?next=" + url.QueryEscape(next)
}
