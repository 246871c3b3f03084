package password_test

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/gatehouse-go/gatehouse/app/password"
)

func FuzzVerify(f *testing.F) {
	known := map[string]bool{}
	for _, stored := range []string{
		"", goldenSmall, goldenEmpty, goldenArgon2i, goldenPlain, "$argon2id$", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$",
		"$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$iFK6uEUMjaex/7wzs8TP8A", "$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$iFK6uEUMjaex/7wzs8TP8A",
		"$2b$12$abcdefghijklmnopqrstuv", "pbkdf2_sha256$600000$salt$key", password.FlaskSecurity,
	} {
		f.Add("hunter2hunter2", stored)
		known[stored] = true
	}
	for _, row := range foreignRows(f) {
		f.Add(row.Plain, row.stored())
		known[row.stored()] = true
	}
	h := light(f, func(p *password.Params) { p.FlaskSecuritySalt = rowNamed(f, "Flask-Security", "bcrypt, words").Salt })
	f.Fuzz(func(t *testing.T, plain, stored string) {
		if password.Slow(stored) {
			return
		}
		ok, replacement, err := h.VerifyAndUpdate(t.Context(), plain, stored)
		switch {
		case err != nil && (ok || replacement != ""):
			t.Errorf("%v with %v", ok, err)
		case err != nil && !errors.Is(err, password.ErrMalformed) && !errors.Is(err, password.ErrTooLong):
			t.Errorf("unexpected error: %v", err)
		case ok && replacement == "":
			t.Error("not replaced")
		case ok && !known[stored]:
			t.Errorf("%q matches %q", plain, stored)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, plain := range []string{
		"", "password", goldenPlain, goldenRFCPlain, "éééééééé", "e\u0301\u0323\u0302", "\xff\xfe", "😀🎉🚀🌍", "\ufdfa\ufdfa",
		"$490+2@6|2密{$38😀😀1(40{5%|$51{16627é4密+{😀", "12/12/1984", "a\nb\nb\nb", "\u1112\u1161\u11ab", "𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝",
	} {
		f.Add(plain, "alice@mail.example")
		f.Add(plain, plain)
	}
	h := light(f, nil)
	f.Fuzz(func(t *testing.T, plain, about string) {
		start := time.Now()
		got := verdict(t, password.Policy{}, plain, about)
		strength := password.Strength(plain, about)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		if strength < 0 || strength > 4 {
			t.Errorf("strength %d", strength)
		}
		if _, err := h.Hash(t.Context(), plain); err != nil && got == "" {
			t.Errorf("accepted, but not hashed: %v", err)
		}
		if len(plain) > 512 {
			return
		}
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			if again := verdict(t, password.Policy{}, form.String(plain), about); again != got {
				t.Errorf("%q, but %q in another spelling", got, again)
			}
		}
	})
}
