package main

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// A part is some of the work of answering a request. A sample of the profile belongs to the first
// part that has one of its marks anywhere in the stack.
type part struct {
	name string
	// marks begin the names of functions, without the module's path.
	marks []string
}

const module = "github.com/gatehouse-go/gatehouse/"

// pageParts are what answering with a page consists of: inner work first, since a stack names
// what it is done for as well.
func pageParts() []part {
	return []part{
		{"collecting garbage", []string{"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.bgsweep", "runtime.bgscavenge", "runtime.gcStart"}},
		{"anti-forgery token and visitor's cookie", []string{"app.(*App).token", "app.(*App).newVisitor"}},
		{"choosing the language", []string{"locales.(*Catalogues).Match"}},
		{"reading session, person and roles", []string{"db.LoadSession", "app/session.Store.Load", "app/session."}},
		{"finding out who it is, apart from that", []string{"app.(*App).identify"}},
		{"drawing the page", []string{"pages.", "components.", "github.com/a-h/templ."}},
		{"props and the form", []string{"app.Login.page", "app.(*request).blank", "app.(*request).page", "app.whoYouAre", "app.signingIn", "components/form."}},
		{"security headers", []string{"app.(*App).secureHeaders", "app.(*request).headers"}},
		{"the rest of the kit", []string{"app."}},
		{"database/sql's own goroutines", []string{"database/sql.", "modernc.org/", "github.com/jackc/pgx"}},
		{"Fiber, HTTP and sockets", []string{"github.com/gofiber/fiber", "github.com/valyala/fasthttp", "net.", "internal/poll."}},
	}
}

// signInParts are what signing somebody in consists of. What a hash's memory costs to clear and to
// collect belongs to the hash.
func signInParts() []part {
	return []part{
		{"hashing", []string{"app/password.", "github.com/alexedwards/argon2id.", "golang.org/x/crypto/argon2."}},
		{"collecting garbage, most of it the hashes' memory", []string{"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.bgsweep", "runtime.bgscavenge", "runtime.gcStart"}},
		{"counting tries", []string{"app.(*request).charge", "app.(*request).acquit", "app/internal/limit."}},
		{"finding the account", []string{"app.Login.find"}},
		{"opening the session", []string{"app.(*request).signIn"}},
		{"the rest of the kit", []string{"app."}},
		{"database/sql's own goroutines", []string{"database/sql.", "modernc.org/", "github.com/jackc/pgx"}},
		{"Fiber, HTTP and sockets", []string{"github.com/gofiber/fiber", "github.com/valyala/fasthttp", "net.", "internal/poll."}},
	}
}

// divide says what share of the samples in a profile belongs to each part, and as the last of all
// what belongs to none: the scheduler, mostly.
func divide(path string, parts []part) ([]float64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	p, err := profile.Parse(file)
	if err != nil {
		return nil, err
	}
	shares, total := make([]float64, len(parts)+1), 0.0
	for _, sample := range p.Sample {
		value := float64(sample.Value[len(sample.Value)-1])
		total += value
		stack := functions(sample)
		at := slices.IndexFunc(parts, func(p part) bool { return p.in(stack) })
		if at < 0 {
			at = len(parts)
		}
		shares[at] += value
	}
	if total == 0 {
		return nil, errors.New("the profile is empty: the round was too short")
	}
	for i := range shares {
		shares[i] /= total
	}
	return shares, nil
}

func functions(s *profile.Sample) (names []string) {
	for _, location := range s.Location {
		for _, line := range location.Line {
			names = append(names, strings.TrimPrefix(line.Function.Name, module))
		}
	}
	return names
}

func (p part) in(stack []string) bool {
	return slices.ContainsFunc(stack, func(function string) bool {
		return slices.ContainsFunc(p.marks, func(mark string) bool { return strings.HasPrefix(function, mark) })
	})
}
