package session_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

func TestValueHas256Bits(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var ones, zeros [32]byte
	for i := range zeros {
		zeros[i] = 0xff
	}
	for range 1000 {
		value, hash := session.NewValue()
		raw, err := base64.RawURLEncoding.DecodeString(value)
		if err != nil || len(raw) != 32 {
			t.Fatalf("%q: %d bytes, %v", value, len(raw), err)
		}
		if sum := sha256.Sum256(raw); !bytes.Equal(hash, sum[:]) || !bytes.Equal(session.Hash(value), hash) {
			t.Fatalf("%q: hash %x", value, hash)
		}
		if seen[value] {
			t.Fatal("a value came twice")
		}
		seen[value] = true
		for i, b := range raw {
			ones[i] |= b
			zeros[i] &= b
		}
	}
	// A bit that never moves in a thousand values is none (one in 2^990 by chance).
	if ones != [32]byte(bytes.Repeat([]byte{0xff}, 32)) || zeros != [32]byte{} {
		t.Errorf("bits that never change: ones %x, zeros %x", ones, zeros)
	}
}

func TestHashRefusesWhatWasNeverMade(t *testing.T) {
	t.Parallel()
	value, _ := session.NewValue()
	last := value[len(value)-1]
	twin := value[:len(value)-1] + string(nextInAlphabet(last)) // the same 256 bits, spelt otherwise
	for about, bad := range map[string]string{
		"empty": "", "blank": " ", "short": value[1:], "long": value + "A", "padded": value + "=",
		"space before": " " + value, "space after": value + " ", "space for a letter": " " + value[1:],
		"line break inside": value[:20] + "\n" + value[21:], "NUL": value[:42] + "\x00", "standard alphabet": "+/" + value[2:],
		"quoted": `"` + value[:41] + `"`, "another spelling of the same bits": twin, "a megabyte": strings.Repeat("A", 1<<20),
	} {
		if got := session.Hash(bad); got != nil {
			t.Errorf("%s: %q hashes to %x", about, bad, got)
		}
	}
}

// nextInAlphabet changes a bit that 43 letters have and 256 bits do not.
func nextInAlphabet(c byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)^1]
}

// Whoever reads a copy of the database can sign in as nobody.
func TestOnlyTheHashIsStored(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		first, row := w.signIn(w.user)
		second, err := w.Rotate(t.Context(), w.db, row)
		if err != nil {
			t.Fatal(err)
		}
		var rows []map[string]any
		if err := w.db.NewRaw("SELECT * FROM sessions").Scan(t.Context(), &rows); err != nil || len(rows) != 1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, value := range []string{first, second} {
			raw, _ := base64.RawURLEncoding.DecodeString(value)
			for column, held := range rows[0] {
				text := fmt.Appendf(nil, "%s", held)
				if bytes.Contains(text, []byte(value)) || bytes.Contains(text, raw) {
					t.Errorf("column %s opens the session", column)
				}
			}
		}
		stored := w.stored(row)
		if !bytes.Equal(stored.Hash, session.Hash(second)) || !bytes.Equal(stored.PreviousHash, session.Hash(first)) {
			t.Errorf("hashes %x and %x", stored.Hash, stored.PreviousHash)
		}
	})
}

func FuzzHash(f *testing.F) {
	value, _ := session.NewValue()
	f.Add(value)
	f.Add("")
	f.Add(strings.Repeat("A", 43))
	f.Add(strings.Repeat("_", 43))
	f.Fuzz(func(t *testing.T, value string) {
		hash := session.Hash(value)
		if hash == nil {
			return
		}
		raw, err := base64.RawURLEncoding.DecodeString(value)
		if err != nil || len(raw) != 32 || base64.RawURLEncoding.EncodeToString(raw) != value || len(hash) != sha256.Size {
			t.Fatalf("%q is no value of ours and hashes to %x", value, hash)
		}
	})
}

// What Insert writes is what a fresh sign-in is: nothing of an older session is left in it.
func TestInsertWritesTheSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		_, row := w.signIn(w.user)
		got := w.stored(row)
		if got.UserID != w.user.ID || got.AuthVersion != 7 || !got.CreatedAt.Equal(start) || !got.LastSeenAt.Equal(start) ||
			!got.ExpiresAt.Equal(start.Add(absolute)) || got.PreviousHash != nil || !got.RotatedAt.IsZero() || !got.RevokedAt.IsZero() {
			t.Errorf("got %+v", got)
		}
		if _, other := w.signIn(w.user); other.ID == row.ID || bytes.Equal(other.Hash, row.Hash) {
			t.Error("two sessions share an id or a hash")
		}
		var user db.User
		if err := w.Load(t.Context(), w.db, &user, "not a value"); err == nil || user.Session != nil {
			t.Errorf("loaded %+v, %v", user, err)
		}
	})
}
