package password_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// A foreignRow is a stored password that another system wrote; testdata/foreign.py is how.
type foreignRow struct {
	By, Name, Plain, Hash string
	Salt                  string // of the double hash, or none
}

// stored is what a host has in its table after importing the row.
func (r foreignRow) stored() string {
	if r.Salt != "" {
		return password.FlaskSecurity + r.Hash
	}
	return r.Hash
}

// slow reports whether the row has the cost that its writer chooses by itself.
func (r foreignRow) slow() bool { return strings.HasSuffix(r.Name, "as it comes") }

func (r foreignRow) hasher(t testing.TB) *password.Hasher {
	t.Helper()
	return light(t, func(p *password.Params) { p.FlaskSecuritySalt = r.Salt })
}

func foreignRows(t testing.TB) []foreignRow {
	t.Helper()
	text, err := os.ReadFile("testdata/foreign.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct{ Rows []foreignRow }
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Rows) < 90 {
		t.Fatalf("only %d rows", len(golden.Rows))
	}
	return golden.Rows
}

// rowNamed is the row that by wrote under name.
func rowNamed(t testing.TB, by, name string) foreignRow {
	t.Helper()
	for _, row := range foreignRows(t) {
		if row.By == by && row.Name == name {
			return row
		}
	}
	t.Fatalf("no row %s of %s", name, by)
	return foreignRow{}
}

func TestForeignRowsVerifyAndAreReplaced(t *testing.T) {
	t.Parallel()
	for _, row := range foreignRows(t) {
		t.Run(row.By+" "+row.Name, func(t *testing.T) {
			t.Parallel()
			h := row.hasher(t)
			ok, replacement, err := h.VerifyAndUpdate(t.Context(), row.Plain, row.stored())
			if !ok || !strings.HasPrefix(replacement, "$argon2id$v=19$m=64,t=1,p=1$") || err != nil {
				t.Fatalf("the password: %v, %q, %v", ok, replacement, err)
			}
			if ok, again, err := h.VerifyAndUpdate(t.Context(), row.Plain, replacement); !ok || again != "" || err != nil {
				t.Errorf("the replacement: %v, %q, %v", ok, again, err)
			}
			if row.slow() {
				return
			}
			if ok, err := h.Verify(t.Context(), row.Plain, row.stored()); !ok || err != nil {
				t.Errorf("Verify: %v, %v", ok, err)
			}
			for name, wrong := range map[string]string{
				"one letter before": "x" + row.Plain,
				"a space before":    " " + row.Plain,
				"upper case":        strings.ToUpper(row.Plain) + "!",
				"another":           "hunter2hunter2",
				"the hash":          row.Hash,
				"the stored hash":   row.stored() + "$",
			} {
				ok, replacement, err := h.VerifyAndUpdate(t.Context(), wrong, row.stored())
				if ok || replacement != "" || err != nil {
					t.Errorf("%s: %v, %q, %v", name, ok, replacement, err)
				}
			}
		})
	}
}

func TestTheDoubleHashNeedsItsTagAndItsSalt(t *testing.T) {
	t.Parallel()
	for _, row := range foreignRows(t) {
		if row.slow() {
			continue
		}
		tagged := password.FlaskSecurity + row.Hash
		if ok, err := light(t, nil).Verify(t.Context(), row.Plain, tagged); ok || !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%s: tagged, but no salt is set: %v, %v", row.Name, ok, err)
		}
		other := light(t, func(p *password.Params) { p.FlaskSecuritySalt = row.Salt + "x" })
		if ok, err := other.Verify(t.Context(), row.Plain, tagged); ok || err != nil {
			t.Errorf("%s: tagged, under another salt: %v, %v", row.Name, ok, err)
		}
		if row.Salt == "" {
			continue
		}
		if ok, err := row.hasher(t).Verify(t.Context(), row.Plain, row.Hash); ok || err != nil {
			t.Errorf("%s: not tagged: %v, %v", row.Name, ok, err)
		}
		if ok, err := row.hasher(t).Verify(t.Context(), row.Plain, password.FlaskSecurity+row.stored()); ok || !errors.Is(err, password.ErrMalformed) {
			t.Errorf("%s: tagged twice: %v, %v", row.Name, ok, err)
		}
	}
}

// Bcrypt knows 72 bytes of a password. What signed in there signs in here; from then on all count.
func TestBcryptCutsUntilReplaced(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	for _, name := range []string{"bcrypt, 72 bytes", "bcrypt, 73 bytes", "bcrypt, long"} {
		row := rowNamed(t, "passlib", name)
		for _, same := range []string{row.Plain[:72], row.Plain[:72] + "another end"} {
			ok, replacement, err := h.VerifyAndUpdate(t.Context(), same, row.Hash)
			if !ok || err != nil {
				t.Fatalf("%s, as %q: %v, %v", name, same, ok, err)
			}
			if ok, err := h.Verify(t.Context(), same+"!", replacement); ok || err != nil {
				t.Errorf("%s, replaced: more than the password: %v, %v", name, ok, err)
			}
		}
		if ok, err := h.Verify(t.Context(), row.Plain[:71], row.Hash); ok || err != nil {
			t.Errorf("%s, 71 bytes: %v, %v", name, ok, err)
		}
	}
	short := rowNamed(t, "passlib", "bcrypt, 71 bytes")
	if ok, err := h.Verify(t.Context(), short.Plain+"7", short.Hash); ok || err != nil {
		t.Errorf("71 bytes and one more: %v, %v", ok, err)
	}
	double := rowNamed(t, "Flask-Security", "bcrypt, unicode salt, long")
	if ok, err := double.hasher(t).Verify(t.Context(), double.Plain[:72], double.stored()); ok || err != nil {
		t.Errorf("the double hash cuts too: %v, %v", ok, err)
	}
}

func TestBcryptIsNotFooledByNUL(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	words, empty := rowNamed(t, "passlib", "bcrypt, words"), rowNamed(t, "passlib", "bcrypt, empty")
	for _, tt := range []struct{ plain, hash string }{
		{words.Plain + "\x00" + words.Plain, words.Hash},
		{words.Plain + "\x00", words.Hash},
		{"\x00", empty.Hash},
		{"\x00\x00\x00", empty.Hash},
	} {
		if ok, err := h.Verify(t.Context(), tt.plain, tt.hash); ok || err != nil {
			t.Errorf("%q: %v, %v", tt.plain, ok, err)
		}
	}
}

// Flask-Security hashes NFKD, passlib and Django what they get; the person types as ever.
func TestForeignSpellings(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"Flask-Security", "passlib"} {
		row := rowNamed(t, by, map[string]string{"Flask-Security": "argon2, single, unicode", "passlib": "argon2id, unicode"}[by])
		for _, name := range []string{row.Name, strings.Replace(strings.Replace(row.Name, "argon2id", "bcrypt", 1), "argon2", "bcrypt", 1)} {
			row := rowNamed(t, by, name)
			h := row.hasher(t)
			for spelling, want := range map[string]bool{
				row.Plain:                               true,
				strings.Replace(row.Plain, "ë", "e", 1): false,
				strings.Replace(row.Plain, "密", "秘", 1): false,
			} {
				if ok, err := h.Verify(t.Context(), spelling, row.Hash); ok != want || err != nil {
					t.Errorf("%s, %s, %q: %v, %v", by, name, spelling, ok, err)
				}
			}
			decomposed := strings.Replace(row.Plain, "ë", "e\u0308", 1)
			decomposed = strings.Replace(decomposed, "ﬁ", "fi", 1)
			if ok, err := h.Verify(t.Context(), decomposed, row.Hash); ok != (by == "Flask-Security") || err != nil {
				t.Errorf("%s, %s, decomposed: %v, %v", by, name, ok, err)
			}
		}
	}
}

func TestLongPasswordsAgainstForeignHashes(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	var work []string
	h.Watch(func(hash string, verify func() error) {
		if verify() == nil {
			work = append(work, strings.Split(hash, "$")[1])
		}
	})
	row := rowNamed(t, "passlib", "sha512_crypt, words")
	// 2700 bytes that NFKC makes 900, so that the password is none too long for a hash of our own.
	apart := strings.Repeat("\u1112\u1161\u11ab", 300)
	ok, replacement, err := h.VerifyAndUpdate(t.Context(), apart, row.Hash)
	if ok || replacement != "" || !errors.Is(err, password.ErrTooLong) {
		t.Errorf("%v, %q, %v", ok, replacement, err)
	}
	if len(work) != 1 || work[0] != "argon2id" {
		t.Errorf("did %s; want what an unknown account costs", work)
	}
	hangul := strings.Repeat("한", 300) // 900 bytes that NFKD makes 2700
	if ok, err := h.Verify(t.Context(), hangul, row.Hash); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}
