package token_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
)

// A code is tried five times at most, whoever else tries at once, and the link outlives it.
func TestTries(t *testing.T) {
	each(t, func(d *desk) {
		secret := d.issue(d.grant("confirm"))
		for i := range token.MostTries - 1 {
			d.opens("confirm", fmt.Sprintf("wrong%d", i), false)
		}
		d.opens("confirm", secret.Code, true) // the fifth
		d.opens("confirm", secret.Code, false)
		row := d.stands("confirm", secret.Link, token.Valid)
		if row.Tries != token.MostTries {
			d.Errorf("%d tries", row.Tries)
		}
		d.spends(row, nil)
		repeated, err := d.Repeated(d.Context(), d.db, "confirm", d.ada, address, secret.Code, time.Minute)
		d.must(err)
		other, err := d.Repeated(d.Context(), d.db, "confirm", d.ada, address, "00000000", time.Minute)
		d.must(err)
		d.pass(time.Minute)
		late, err := d.Repeated(d.Context(), d.db, "confirm", d.ada, address, secret.Code, time.Minute)
		d.must(err)
		if repeated == nil || other != nil || late != nil {
			d.Errorf("repeated: %v, with another code: %v, later: %v", repeated != nil, other != nil, late != nil)
		}
		second := d.issue(d.grant("confirm"))
		d.opens("confirm", second.Code, true)
	})
}

func TestCodeAsTyped(t *testing.T) {
	each(t, func(d *desk) {
		for _, write := range []func(code string) string{
			token.Spaced,
			func(code string) string { return " " + code[:4] + "-" + code[4:] + "\n" },
			func(code string) string { return code[:4] + "\u2009\u2013" + code[4:] },
			func(code string) string { return digits(code, '۰') },
			func(code string) string { return digits(code, '٠') },
			func(code string) string { return digits(code, '０') },
		} {
			code := d.issue(d.grant("confirm")).Code
			d.opens("confirm", write(code), true)
		}
		code := d.issue(d.grant("confirm")).Code
		for _, other := range []string{"", code + "0", code[1:], "0" + code} {
			d.opens("confirm", other, false)
		}
		// It is bound to the address that it was mailed to, and to the account.
		if row, err := d.Try(d.Context(), d.db, "confirm", d.ada, "eve@example.com", code); err != nil || row != nil {
			d.Errorf("it opens for another address (%v)", err)
		}
		if row, err := d.Try(d.Context(), d.db, "confirm", d.bob, address, code); err != nil || row != nil {
			d.Errorf("it opens for another account (%v)", err)
		}
	})
}

func digits(code string, zero rune) string {
	return strings.Map(func(r rune) rune { return r - '0' + zero }, code)
}

func TestCodesDiffer(t *testing.T) {
	each(t, func(d *desk) {
		seen := map[token.Secret]bool{}
		var codes []string
		for range 50 {
			secret := d.issue(d.grant("confirm"))
			codes = append(codes, secret.Code)
			seen[secret] = true
		}
		if slices.Sort(codes); len(seen) != 50 || len(slices.Compact(codes)) < 48 {
			d.Errorf("secrets come twice: %v", codes)
		}
	})
}
