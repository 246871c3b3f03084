package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A contest is one page, served by the kit and by rivals that do less and less.
type contest struct {
	title  string
	path   string
	signed bool // as someone who is signed in
	rivals []string
	// bar is the share of the first rival's pages that the kit should reach.
	bar float64
}

func signInPage() contest {
	return contest{
		title: "The sign-in page, for someone new", path: "/login",
		rivals: []string{bareLogin, bytesLogin}, bar: 0.8,
	}
}

func accountPage(on string) contest {
	return contest{
		title: "The account page of someone signed in, on " + on, path: "/account", signed: true,
		rivals: []string{bareAccount, rawAccount, bytesAccount}, bar: 0.6,
	}
}

// A score is what the rounds gave for one server.
type score struct {
	perSecond []float64
	// cpu is the server's processor time for one answer.
	cpu []time.Duration
}

func (s *score) add(t tally) {
	s.perSecond = append(s.perSecond, float64(t.Answers)/t.Took.Seconds())
	s.cpu = append(s.cpu, t.CPU/time.Duration(max(t.Answers, 1)))
}

// turns is into how many turns a round is cut: what else the machine does changes within a second,
// and must fall on all of them alike.
const turns = 10

// A tally is what a server did in its turns of one round.
type tally struct {
	Answers   int
	Took, CPU time.Duration
}

func (t *tally) turn(ctx context.Context, p plan, server *child, name string, request call) error {
	before, err := server.processorTime()
	if err != nil {
		return err
	}
	pages, took, err := load(ctx, server.Addresses[name], p.conns, 200, p.round/turns, request)
	if err != nil {
		return err
	}
	after, err := server.processorTime()
	t.add(tally{pages, took, after - before})
	return err
}

func (t *tally) add(turn tally) {
	t.Answers, t.Took, t.CPU = t.Answers+turn.Answers, t.Took+turn.Took, t.CPU+turn.CPU
}

// measurePage has the kit and its rivals serve the same page in turns.
func measurePage(ctx context.Context, p plan, r *report, server *child, c contest) error {
	request := get(c.path, "")
	if c.signed {
		request = get(c.path, server.Cookies)
	}
	if err := alike(ctx, server, c, request); err != nil {
		return err
	}
	names := append([]string{theKit}, c.rivals...)
	scores := make([]score, len(names))
	for round := range p.rounds + 1 {
		sums := make([]tally, len(names))
		for range turns {
			for i, name := range names {
				if err := sums[i].turn(ctx, p, server, name, request); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		if round == 0 { // warming up
			continue
		}
		for i, sum := range sums {
			scores[i].add(sum)
		}
	}
	r.contest(c, names, scores)
	return explain(p, r, server, c.title, pageParts(), median(scores[0].cpu), func() error {
		_, _, err := load(ctx, server.Addresses[theKit], p.conns, 200, p.profile, request)
		return err
	})
}

// alike refuses to compare pages that are not the same: same headers, same length. Their anti-forgery
// tokens differ, and are of one length.
func alike(ctx context.Context, server *child, c contest, request call) error {
	kits, page, err := fetch(ctx, server.Addresses[theKit], request)
	if err != nil {
		return fmt.Errorf("%s: %w", theKit, err)
	}
	for _, rival := range c.rivals {
		header, body, err := fetch(ctx, server.Addresses[rival], request)
		if err != nil {
			return fmt.Errorf("%s: %w", rival, err)
		}
		for name, values := range kits {
			if name != "Date" && name != "Set-Cookie" && !slices.Equal(header[name], values) || len(header[name]) != len(values) {
				return fmt.Errorf("%s sends %s: %q, the kit %q", rival, name, header[name], values)
			}
		}
		if len(header) != len(kits) {
			return fmt.Errorf("%s sends %d headers, the kit %d", rival, len(header), len(kits))
		}
		if len(body) != len(page) {
			return fmt.Errorf("%s sends a page of %d bytes, the kit one of %d", rival, len(body), len(page))
		}
	}
	return nil
}

// explain has the kit do the work once more, watched by the profiler.
func explain(p plan, r *report, server *child, title string, parts []part, each time.Duration, work func() error) error {
	folder, err := os.MkdirTemp("", "gatehouse-bench-profile-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if p.keep != "" {
		folder = p.keep
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	path, err := filepath.Abs(filepath.Join(folder, strings.NewReplacer(" ", "-", ",", "").Replace(title)+".pprof"))
	if err != nil {
		return err
	}
	if err := server.profiled(path, work); err != nil {
		return err
	}
	shares, err := divide(path, parts)
	if err != nil {
		return err
	}
	r.parts(parts, shares, each)
	return nil
}
