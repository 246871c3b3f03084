package password_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// changed is hash with its first old replaced, or a failure if it has none.
func changed(t *testing.T, hash, old, replacement string) string {
	t.Helper()
	if !strings.Contains(hash, old) {
		t.Fatalf("%q is not in %q", old, hash)
	}
	return strings.Replace(hash, old, replacement, 1)
}

func TestForeignHashesThatAreRefused(t *testing.T) {
	t.Parallel()
	const salt = "salt of the double hash"
	of := func(by, name string) string { return rowNamed(t, by, name).Hash }
	bcrypt, django := of("passlib", "bcrypt, words"), of("Django", "pbkdf2_sha256, words")
	sha256, sha512 := of("passlib", "pbkdf2_sha256, words"), of("passlib", "pbkdf2_sha512, words")
	crypt5, crypt6 := of("passlib", "sha256_crypt, words"), of("passlib", "sha512_crypt, words")
	for name, stored := range map[string]string{
		"bcrypt, a cost of 31":       changed(t, bcrypt, "$04$", "$31$"),
		"bcrypt, a cost of 17":       changed(t, bcrypt, "$04$", "$17$"),
		"bcrypt, a cost of 3":        changed(t, bcrypt, "$04$", "$03$"),
		"bcrypt, no cost":            changed(t, bcrypt, "$04$", "$00$"),
		"bcrypt, a cost of one sign": changed(t, bcrypt, "$04$", "$4$"),
		"bcrypt, a cost with a plus": changed(t, bcrypt, "$04$", "$+4$"),
		"bcrypt, cut":                bcrypt[:59],
		"bcrypt, longer":             bcrypt + "a",
		"bcrypt, another alphabet":   bcrypt[:50] + "+" + bcrypt[51:],
		"bcrypt, no key":             bcrypt[:29],
		"bcrypt, no salt":            "$2b$04$",
		"bcrypt, the faulty $2x$":    changed(t, bcrypt, "$2b$", "$2x$"),
		"bcrypt, the first $2$":      changed(t, bcrypt, "$2b$", "$2$"),

		"argon2i, memory of a bomb":    changed(t, goldenArgon2i, "m=256", "m=4194304"),
		"argon2i, over the cap":        changed(t, goldenArgon2i, "m=256", "m=131073"),
		"argon2d, too many passes":     changed(t, of("passlib", "argon2d, words"), "t=1", "t=11"),
		"argon2i, no passes":           changed(t, goldenArgon2i, "t=2", "t=0"),
		"argon2i, no key":              goldenArgon2i[:strings.LastIndex(goldenArgon2i, "$")+1],
		"argon2i, version 1.0":         changed(t, goldenArgon2i, "v=19", "v=16"),
		"argon2, an unknown variant":   changed(t, goldenArgon2i, "argon2i", "argon2x"),
		"Django's argon2, twice":       "argon2$argon2$argon2id" + strings.TrimPrefix(goldenSmall, "$argon2id"),
		"Django's argon2, over":        "argon2" + changed(t, goldenSmall, "m=64", "m=131073"),
		"Django's bcrypt, over":        "bcrypt$" + changed(t, bcrypt, "$04$", "$31$"),
		"Django's bcrypt_sha256, over": "bcrypt_sha256$" + changed(t, bcrypt, "$04$", "$31$"),

		"PBKDF2, over the cap":           changed(t, sha256, "$100$", "$3000001$"),
		"PBKDF2, SHA-512, over the cap":  changed(t, sha512, "$100$", "$3000001$"),
		"PBKDF2, rounds overflow":        changed(t, sha256, "$100$", "$18446744073709551717$"),
		"PBKDF2, no rounds":              changed(t, sha256, "$100$", "$0$"),
		"PBKDF2, negative":               changed(t, sha256, "$100$", "$-100$"),
		"PBKDF2, leading zero":           changed(t, sha256, "$100$", "$0100$"),
		"PBKDF2, no key":                 sha256[:strings.LastIndex(sha256, "$")+1],
		"PBKDF2, a short key":            sha256[:len(sha256)-8],
		"PBKDF2, the key of SHA-512":     changed(t, sha512, "sha512", "sha256"),
		"PBKDF2, the key of SHA-256":     changed(t, sha256, "sha256", "sha512"),
		"PBKDF2, padded":                 sha256 + "=",
		"PBKDF2, another field":          sha256 + "$",
		"PBKDF2, a salt that is none":    "$pbkdf2-sha256$100$$" + sha256[strings.LastIndex(sha256, "$")+1:],
		"PBKDF2, two alphabets":          changed(t, sha256, "$100$", "$100$+"),
		"PBKDF2, SHA-1":                  changed(t, sha256, "pbkdf2-sha256", "pbkdf2"),
		"PBKDF2, a line end":             sha256 + "\n",
		"PBKDF2, 513 characters":         changed(t, sha256, "$100$", "$100$"+strings.Repeat("a", 513-len(sha256))),
		"Django's PBKDF2, over the cap":  changed(t, django, "$100$", "$3000001$"),
		"Django's PBKDF2, leading zero":  changed(t, django, "$100$", "$0100$"),
		"Django's PBKDF2, no salt":       "pbkdf2_sha256$100$$" + django[strings.LastIndex(django, "$")+1:],
		"Django's PBKDF2, no key":        django[:strings.LastIndex(django, "$")+1],
		"Django's PBKDF2, not padded":    strings.TrimSuffix(django, "="),
		"Django's PBKDF2, a line inside": django[:len(django)-5] + "\n" + django[len(django)-5:],
		"Django's unusable password":     "!4dHPtFmQ3gQbD8nvXCaG",

		"SHA-crypt, over the cap":         changed(t, crypt5, "rounds=1000", "rounds=1000001"),
		"SHA-crypt, 512, over the cap":    changed(t, crypt6, "rounds=1000", "rounds=999999999"),
		"SHA-crypt, under the least":      changed(t, crypt6, "rounds=1000", "rounds=999"),
		"SHA-crypt, leading zero":         changed(t, crypt6, "rounds=1000", "rounds=01000"),
		"SHA-crypt, rounds of nothing":    changed(t, crypt6, "rounds=1000", "rounds="),
		"SHA-crypt, another option":       changed(t, crypt6, "rounds=", "round="),
		"SHA-crypt, a long salt":          changed(t, crypt6, "rounds=1000$", "rounds=1000$a"),
		"SHA-crypt, no salt":              "$6$$" + crypt6[strings.LastIndex(crypt6, "$")+1:],
		"SHA-crypt, no key":               crypt6[:strings.LastIndex(crypt6, "$")+1],
		"SHA-crypt, a short key":          crypt6[:len(crypt6)-1],
		"SHA-crypt, the key of 512 in 5":  changed(t, crypt6, "$6$", "$5$"),
		"SHA-crypt, another alphabet":     crypt6[:len(crypt6)-1] + "+",
		"SHA-crypt, nothing in it":        "$6$",
		"SHA-crypt, a megabyte":           "$6$" + strings.Repeat("$", 1<<20),
		"tagged, nothing behind":          password.FlaskSecurity,
		"tagged, text behind":             password.FlaskSecurity + goldenPlain,
		"tagged, over the cap":            password.FlaskSecurity + changed(t, bcrypt, "$04$", "$31$"),
		"tagged, our own, over the cap":   password.FlaskSecurity + changed(t, goldenSmall, "m=64", "m=131073"),
		"the tag without its end":         "flask-security" + bcrypt,
		"plain text":                      goldenPlain,
		"plain text that looks like hash": "$ecret$",
	} {
		h := light(t, func(p *password.Params) { p.FlaskSecuritySalt = salt })
		var work []string
		h.Watch(func(hash string, verify func() error) {
			if verify() == nil {
				work = append(work, hash)
			}
		})
		ok, replacement, err := h.VerifyAndUpdate(t.Context(), goldenPlain, stored)
		if ok || replacement != "" || !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%s: %v, %q, %v; want ErrMalformed", name, ok, replacement, err)
		}
		if len(work) != 1 || !strings.HasPrefix(work[0], "$argon2id$v=19$m=64,t=1,p=1$") {
			t.Errorf("%s: worked on %q; want what an unknown account costs", name, work)
		}
		for _, secret := range []string{goldenPlain, salt, stored, stored[strings.LastIndex(stored, "$")+1:]} {
			if err != nil && len(secret) > 8 && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error tells a secret: %v", name, err)
			}
		}
	}
}

func TestWrongPasswordsForForeignHashes(t *testing.T) {
	t.Parallel()
	row := rowNamed(t, "passlib", "pbkdf2_sha256, words")
	h := light(t, nil)
	var work []string
	h.Watch(func(hash string, verify func() error) {
		if verify() == nil {
			work = append(work, strings.Split(hash, "$")[1])
		}
	})
	if ok, err := h.Verify(t.Context(), "another", row.Hash); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if got := fmt.Sprint(work); got != "[pbkdf2-sha256 argon2id]" {
		t.Errorf("did %s; want never less than an unknown account costs", got)
	}
}

func TestImportPlaintext(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	for _, plain := range []string{"secret", goldenRFCPlain, "$ecret$", " ", "!"} {
		stored, err := h.ImportPlaintext(t.Context(), plain)
		if err != nil {
			t.Fatal(err)
		}
		if ok, replacement, err := h.VerifyAndUpdate(t.Context(), plain, stored); !ok || replacement != "" || err != nil {
			t.Errorf("%q: %v, %q, %v", plain, ok, replacement, err)
		}
		if ok, err := h.Verify(t.Context(), plain, plain); ok || !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%q as it stands: %v, %v", plain, ok, err)
		}
	}
	if stored, err := h.ImportPlaintext(t.Context(), ""); stored != "" || err != nil {
		t.Errorf("no password: %q, %v", stored, err)
	}
	if _, err := h.ImportPlaintext(t.Context(), strings.Repeat("x", 1025)); !errors.Is(err, password.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	for _, row := range foreignRows(t) {
		if stored, err := h.ImportPlaintext(t.Context(), row.stored()); stored != "" || !errors.Is(err, password.ErrHashed) {
			t.Errorf("%s: %q, %v", row.Name, stored, err)
		}
	}
	if _, err := h.ImportPlaintext(t.Context(), goldenDefault); !errors.Is(err, password.ErrHashed) {
		t.Errorf("our own: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.ImportPlaintext(ctx, "secret"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
