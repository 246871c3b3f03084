package app

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNext is the longest way back that is kept.
const maxNext = 2000

// local reports whether path is one of this origin, written as it is followed.
func local(path string) bool { return path != "" && safeNext(path) == path }

// safeNext reads where a visitor wants to go on to and returns it as a path of this origin; "" if
// it is anything else. The value is parsed once and rebuilt from its parts, so that no browser
// can read it otherwise than it was judged (ASVS 3.7.2).
//
// Browsers take a backslash for a slash, drop tabs and line breaks, and resolve dots: "/\host",
// "/<tab>/host" and "/..//host" lead elsewhere for them, or for whoever redirects by them again.
// None of them survives here.
func safeNext(next string) string {
	u, ok := parseNext(next)
	if !ok || u.Scheme != "" || u.Host != "" {
		return ""
	}
	return tail(u)
}

// follow reads where a visitor wants to go on to: a path of this origin, or a URL of this origin
// or of one that Config.Origins lists. Anything else is "".
func (a *App) follow(next string) string {
	u, ok := parseNext(next)
	if !ok {
		return ""
	}
	switch origin := u.Scheme + "://" + u.Host; {
	case u.Scheme == "" && u.Host == "", origin == a.Config.URL:
		return tail(u)
	case a.lists(u):
		if path := tail(u); path != "" && len(origin)+len(path) <= maxNext {
			return origin + path
		}
	}
	return ""
}

// lists reports whether Config.Origins has the origin of a URL. The name in the place of a star is
// letters, digits, dashes and dots: what else could stand there, a browser may read otherwise.
func (a *App) lists(u *url.URL) bool {
	return u.Scheme+"://" == a.scheme() && a.sister(u.Host) || slices.ContainsFunc(a.Origins, func(listed string) bool {
		before, after, any := strings.Cut(listed, "*")
		if !any {
			return listed == u.Scheme+"://"+u.Host
		}
		below, is := strings.CutSuffix(u.Host, after)
		return is && before == u.Scheme+"://" && aName.MatchString(below)
	})
}

// aName is what may stand for the star of an origin.
var aName = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*$`)

func parseNext(next string) (u *url.URL, ok bool) {
	if next == "" || len(next) > maxNext || !utf8.ValidString(next) ||
		strings.ContainsRune(next, '\\') || strings.ContainsFunc(next, unicode.IsControl) {
		return nil, false
	}
	u, err := url.Parse(next)
	return u, err == nil && u.User == nil && u.Opaque == ""
}

// tail is what follows the origin in a URL, if that can only be read as a path.
func tail(u *url.URL) string {
	path := cmp.Or(u.Path, "/")
	if u.Path == "" && u.Host == "" || path[0] != '/' || namesHost(path) || strings.ContainsRune(path, '\\') {
		return ""
	}
	rebuilt := (&url.URL{Path: path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment, RawFragment: u.RawFragment}).String()
	// A slash that came percent-encoded begins no path. And what has grown by percent-encoding must
	// not be kept now to be refused at the next step.
	if rebuilt[0] != '/' || len(rebuilt) > maxNext {
		return ""
	}
	return rebuilt
}

// namesHost reports whether path begins with two slashes, as it is or once its dots are resolved
// as browsers do (RFC 3986, section 5.2.4).
func namesHost(path string) bool {
	var segments []string
	if strings.HasSuffix(path, "/.") || strings.HasSuffix(path, "/..") {
		path += "/" // dots at the end name a folder
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		switch segment {
		case ".":
		case "..":
			segments = segments[:max(0, len(segments)-1)]
		default:
			segments = append(segments, segment)
		}
	}
	return strings.HasPrefix(path, "//") || len(segments) > 1 && segments[0] == ""
}

// next is where this visitor wants to go on to: from the form, else the query, else back to the page
// of the host's in which the form stands, else nowhere.
// A value that leads off this origin is reported as not ok.
func (r *request) next() (path string, ok bool) {
	sent, _ := r.input()["next"].(string)
	if sent == "" {
		sent = r.c.Query("next")
	}
	if sent == "" {
		return strings.Clone(r.around()), true
	}
	path = strings.Clone(r.follow(sent))
	if path != "" && r.MayFollow != nil && !r.MayFollow(r.ctx, path) {
		path = ""
	}
	return path, path != ""
}

// withNext adds the way back to a URL; a page that is not there stays away.
func withNext(to, next string) string {
	if next == "" || to == "" {
		return to
	}
	return with(to, "next", next)
}
