package app_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/static"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if got == string(want) {
		return
	}
	had, has := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for _, line := range has {
		if !slices.Contains(had, line) {
			t.Errorf("%s lacks: %s", name, line)
		}
	}
	for _, line := range had {
		if !slices.Contains(has, line) {
			t.Errorf("%s has still: %s", name, line)
		}
	}
	t.Errorf("%s differs; look at each line, then write it anew by -update", name)
}

// principals are everyone who may ask.
var principals = map[string]func(t *testing.T, s *apptest.Site) *apptest.Browser{
	"anonymous": func(_ *testing.T, s *apptest.Site) *apptest.Browser { return s.Browser() },
	"member":    func(_ *testing.T, s *apptest.Site) *apptest.Browser { return s.As(s.User(apptest.Person{})) },
	"admin":     func(_ *testing.T, s *apptest.Site) *apptest.Browser { return s.As(s.User(apptest.Person{}), "admin") },
	"closed": func(t *testing.T, s *apptest.Site) *apptest.Browser {
		user := s.User(apptest.Person{})
		b := s.As(user)
		_, err := s.DB.NewUpdate().Model(user).Set("disabled_at = created_at").WherePK().Exec(t.Context())
		must(t, err)
		return b
	},
}

// paths are all there are, parameters filled in, and one that is none.
func paths(s *apptest.Site) []string {
	list := []string{"/nowhere"}
	for _, r := range s.Server.GetRoutes(true) {
		path := strings.NewReplacer(":id", "1", ":state", "login", ":name", "favicon.svg").Replace(r.Path)
		if !slices.Contains(list, path) {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

// everything is a site with every form there is, to be sent as often as one likes.
func everything() app.Config {
	config := confirming(app.Confirm{}, app.Register{})
	limit := config.Features[0].(app.Login).Limit
	config.Features = append(config.Features, app.ChangeUsername{Limit: limit}, app.RecoverUsername{Limit: app.Limit{PerNetwork: limit.PerNetwork}},
		app.ChangeEmail{}, app.Addresses{}, app.MagicLink{}, app.Invite{})
	return config
}

// Who may do what: every route by every method, for everyone, in every transport. A route that is
// new, or that lets in more people than it did, shows in the golden file.
func TestAccess(t *testing.T) {
	t.Parallel()
	config := everything()
	config.URL = "http://localhost:3000" // where there is a mailbox too
	h := host(config)
	h.Observe = nil
	s := h.Start(t, dbFor(t), apptest.Plain)
	s.Logged()
	var lines []string
	browsers := map[string]*apptest.Browser{}
	for _, path := range paths(s) {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			same := map[string][]string{}
			for who, begin := range principals {
				var answers []string
				for _, by := range anyway {
					if b := browsers[who]; b == nil || b.Cookie("session") == "" && who != "anonymous" {
						browsers[who] = begin(t, s) // the first, or signed out by the request before
					}
					answer := browsers[who].Send(apptest.Request{Method: method, Path: path, Header: headers(by)})
					answers = append(answers, strings.TrimSpace(fmt.Sprint(answer.Status, " ", answer.Header.Get("Location"), answer.Header.Get("HX-Redirect"))))
				}
				key := strings.Join(answers, " | ")
				same[key] = append(same[key], who)
			}
			for answers, who := range same {
				slices.Sort(who)
				if len(same) == 1 {
					who = []string{"everyone"}
				}
				if answers == "405 | 405 | 405" && len(same) == 1 {
					continue
				}
				lines = append(lines, fmt.Sprintf("%s %s, %s: %s", path, method, strings.Join(who, " "), answers))
			}
		}
	}
	slices.Sort(lines)
	golden(t, "access.golden", "# The answer to a browser without script | to htmx | to a program.\n# What is not listed is answered by 405, to everyone.\n"+strings.Join(lines, "\n")+"\n")
}

// visible are the headers that matter, values that differ each time left out.
func visible(answer apptest.Answer) []string {
	var set []string
	for name, values := range answer.Header {
		switch name {
		case "Date", "Content-Length":
		case "Set-Cookie":
			for _, value := range values {
				cookie, _, _ := strings.Cut(value, "=")
				set = append(set, name+": "+cookie)
			}
		case "Etag", "Location", "Hx-Redirect":
			set = append(set, name)
		default:
			set = append(set, name+": "+strings.Join(values, " | "))
		}
	}
	slices.Sort(set)
	return set
}

// What each answer carries in its headers: every route, every status, beside what all carry.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := host(everything()).Start(t, dbFor(t), apptest.Plain)
	s.Logged()
	user := s.User(apptest.Person{Email: ada})
	policy := visible(s.Browser().Send(apptest.Request{Path: "/nowhere"}))
	policy = slices.DeleteFunc(policy, func(header string) bool { return strings.HasPrefix(header, "Content-Type") })
	same := map[string][]string{}
	note := func(what string, answer apptest.Answer) {
		var differs []string
		set := visible(answer)
		for _, header := range set {
			if !slices.Contains(policy, header) {
				differs = append(differs, "+ "+header)
			}
		}
		for _, header := range policy {
			if !slices.Contains(set, header) {
				differs = append(differs, "- "+header)
			}
		}
		key := strings.Join(differs, "\n")
		if own, none := strings.CutSuffix(key, "- "+strings.Join(policy, "\n- ")); none {
			key = own + "- all of these: the host's own answer"
		}
		same[key] = append(same[key], fmt.Sprintf("  %d %s", answer.Status, what))
	}
	for _, by := range anyway {
		for who, begin := range map[string]func() *apptest.Browser{"anonymous": s.Browser, "member": func() *apptest.Browser { return s.As(user) }} {
			for _, path := range paths(s) {
				for _, method := range []string{http.MethodGet, http.MethodPost} {
					note(fmt.Sprint(method, " ", path, " ", by, " ", who), begin().Send(apptest.Request{Method: method, Path: path, Header: headers(by)}))
				}
			}
		}
		b := s.Browser()
		note(fmt.Sprint("forged POST ", by), b.Send(apptest.Request{Path: "/login", Header: headers(by, "Sec-Fetch-Site", "cross-site"), Body: "x"}))
		note(fmt.Sprint("history ", by), b.Send(apptest.Request{Path: "/account", Header: map[string]string{"HX-History-Restore-Request": "true", "Accept": "*/*"}}))
		note(fmt.Sprint("embedded ", by), b.Send(apptest.Request{Path: "/login", Header: headers(by, "Gatehouse-Embed", "1")}))
		file := static.URL("/static/gatehouse", "gatehouse.css")
		note(fmt.Sprint("file ", by), b.Send(apptest.Request{Path: file, Header: headers(by)}))
		etag := b.Send(apptest.Request{Path: file}).Header.Get("ETag")
		note(fmt.Sprint("file again ", by), b.Send(apptest.Request{Path: file, Header: headers(by, "If-None-Match", etag)}))
		note(fmt.Sprint("file, small ", by), b.Send(apptest.Request{Path: file, Header: headers(by, "Accept-Encoding", "gzip")}))
	}
	groups := []string{strings.Join(policy, "\n") + "\n"}
	for headers, answers := range same {
		slices.Sort(answers)
		groups = append(groups, headers+"\n"+strings.Join(answers, "\n")+"\n")
	}
	slices.Sort(groups[1:])
	golden(t, "headers.golden", strings.Join(groups, "\n"))
}
