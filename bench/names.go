package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// A question is a form that takes a name, of somebody or of nobody, and must not tell which.
type question struct {
	path string
	// known is the name of somebody for whom the form does something, of which there are as many as
	// there are strangers.
	known func(n int) string
	// fields are the others that it has.
	fields url.Values
	status int
	pairs  int
}

func questions(p plan) []question {
	return []question{
		{"/reset", address, nil, 303, p.mails},
		{"/confirm", newcomer, nil, 303, p.mails},
		{"/login", address, url.Values{"password": {"a wrong password"}}, 422, p.passwords},
	}
}

func (q question) about(name string) call {
	form := url.Values{"email": {name}}
	for field := range q.fields {
		form.Set(field, q.fields.Get(field))
	}
	return post(q.path, form.Encode())
}

// runNames asks each question about known and unknown names, on each database.
func runNames(ctx context.Context, p plan, r *report, _ string, databases []string) error {
	r.names()
	for _, database := range databases {
		if err := compareNames(ctx, p, r, database); err != nil {
			return fmt.Errorf("known and unknown names on %s: %w", name(database), err)
		}
	}
	return nil
}

func compareNames(ctx context.Context, p plan, r *report, database string) (err error) {
	server, err := startChild(ctx, setup{Database: database})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	for _, q := range questions(p) {
		known, unknown, err := q.ask(ctx, server.Addresses[theKit])
		if err != nil {
			return fmt.Errorf("POST %s: %w", q.path, err)
		}
		r.name(name(database), q, known, unknown)
	}
	return nil
}

// ask has one visitor ask about somebody and about nobody, in turns. What one question leaves to be
// done after its answer falls on the next; so the order of each pair is the other way round than
// that of the one before, and each kind follows each as often.
func (q question) ask(ctx context.Context, address string) (known, unknown []time.Duration, err error) {
	visitor, err := dial(ctx, address)
	if err != nil {
		return nil, nil, err
	}
	defer visitor.conn.Close()
	const warm = newcomers // every name once: the first time is another than those after it
	for n := range warm + q.pairs {
		took := [2]time.Duration{}
		for i := range took {
			which := (i + n) % 2
			name := q.known(n % newcomers)
			if which == 1 {
				name = stranger(n % newcomers)
			}
			begun := time.Now()
			a, err := visitor.do(q.about(name))
			took[which] = time.Since(begun)
			if err == nil && a.status != q.status {
				err = fmt.Errorf("the server answered %d, not %d", a.status, q.status)
			}
			if err != nil {
				return nil, nil, err
			}
		}
		if n >= warm {
			known, unknown = append(known, took[0]), append(unknown, took[1])
		}
	}
	return known, unknown, nil
}
