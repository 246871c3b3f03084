package password_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// Made by argon2-cffi 21.1.0, which wraps the reference implementation in C.
const (
	goldenPlain    = "correct horse battery staple"
	goldenDefault  = "$argon2id$v=19$m=19456,t=2,p=1$Z2F0ZWhvdXNlLXNhbHQtMQ$WWugU8yGgWS2FDCPdaTGVBn5o/9opubcTgvuzQSB9Zk"
	goldenRFC      = "$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$OfjKZL2d0AXkT0tRX8QgguibpgWcJhVPczwGgxy1RGA"
	goldenSmall    = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$iFK6uEUMjaex/7wzs8TP8A"
	goldenEmpty    = "$argon2id$v=19$m=256,t=2,p=2$ZW1wdHllbXB0eQ$ltLYqjwNYBpRELzI7jO4kAnLWmhnCYJQ"
	goldenArgon2i  = "$argon2i$v=19$m=256,t=2,p=1$Z2F0ZWhvdXNlLXNhbHQtMQ$382nfVSbMGnDNvJTmklICOmTImbKSkGKCFWZuGBZyBM"
	goldenRFCPlain = "paßwort été ☃"
)

func TestVerifyGolden(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	for _, tt := range []struct {
		name, plain, hash string
		want              bool
	}{
		{"default parameters", goldenPlain, goldenDefault, true},
		{"RFC 9106, second choice", goldenRFCPlain, goldenRFC, true},
		{"small", "hunter2hunter2", goldenSmall, true},
		{"empty password", "", goldenEmpty, true},
		{"one letter off", "correct horse battery staplf", goldenDefault, false},
		{"space after (ASVS 6.2.8)", goldenPlain + " ", goldenDefault, false},
		{"space before", " " + goldenPlain, goldenDefault, false},
		{"upper case", strings.ToUpper(goldenPlain), goldenDefault, false},
		{"cut", goldenPlain[:20], goldenDefault, false},
		{"NUL after", goldenPlain + "\x00x", goldenDefault, false},
		{"empty", "", goldenDefault, false},
	} {
		got, err := h.Verify(t.Context(), tt.plain, tt.hash)
		if got != tt.want || err != nil {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, err, tt.want)
		}
	}
}

func TestMalformedHashes(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	for name, stored := range map[string]string{
		"plain text":       goldenPlain,
		"another scheme":   "$2x$04$WL79H4pn4WIKuFXGiZX0Zeo/lbxl7eFL.FeUW7aJeWL79H4pn4WIK",
		"another version":  strings.Replace(goldenSmall, "v=19", "v=16", 1),
		"no version":       strings.Replace(goldenSmall, "$v=19", "", 1),
		"nothing in it":    "$argon2id$",
		"dollars only":     "$argon2id$$$$",
		"no salt":          "$argon2id$v=19$m=64,t=1,p=1$$iFK6uEUMjaex/7wzs8TP8A",
		"empty key":        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$",
		"short key":        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$iFK6uA",
		"no passes":        strings.Replace(goldenSmall, "t=1", "t=0", 1),
		"no lanes":         strings.Replace(goldenSmall, "p=1", "p=0", 1),
		"too many lanes":   strings.Replace(goldenSmall, "p=1", "p=17", 1),
		"lanes overflow":   strings.Replace(goldenSmall, "p=1", "p=257", 1),
		"too many passes":  strings.Replace(goldenSmall, "t=1", "t=11", 1),
		"memory of a bomb": strings.Replace(goldenSmall, "m=64", "m=4194304", 1),
		"over the cap":     strings.Replace(goldenSmall, "m=64", "m=131073", 1),
		"too little":       strings.Replace(goldenSmall, "m=64", "m=7", 1),
		"negative":         strings.Replace(goldenSmall, "m=64", "m=-64", 1),
		"plus sign":        strings.Replace(goldenSmall, "m=64", "m=+64", 1),
		"leading zero":     strings.Replace(goldenSmall, "m=64", "m=064", 1),
		"junk after":       strings.Replace(goldenSmall, "p=1", "p=1,keyid=x", 1),
		"padding":          goldenSmall + "==",
		"line end":         goldenSmall + "\n",
		"line end inside":  strings.Replace(goldenSmall, "c2Fs", "c2\nFs", 1),
		"a megabyte":       "$argon2id$" + strings.Repeat("$", 1<<20),
		"upper case":       strings.ToUpper(goldenSmall),
	} {
		ok, replacement, err := h.VerifyAndUpdate(t.Context(), "hunter2hunter2", stored)
		if ok || replacement != "" || !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%s: %v, %q, %v; want ErrMalformed", name, ok, replacement, err)
		}
		for _, secret := range []string{goldenPlain, "iFK6uE", "c2Fs"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error tells the hash: %v", name, err)
			}
		}
	}
}
