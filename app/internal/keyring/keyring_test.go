package keyring_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
)

const (
	older = "the secret that was there first, 32+"
	newer = "the secret that came afterwards, 32+"
	alien = "the secret of some other application"
)

func ring(secrets ...string) keyring.Ring { return keyring.New(secrets) }

func parts(texts ...string) [][]byte {
	var all [][]byte
	for _, text := range texts {
		all = append(all, []byte(text))
	}
	return all
}

func seal(t testing.TB, r keyring.Ring, purpose, plain, about string) []byte {
	t.Helper()
	sealed, err := r.Seal(purpose, []byte(plain), []byte(about))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// What one release signed the next must verify: the derivation is part of what is stored.
func TestMACIsTheSameForever(t *testing.T) {
	t.Parallel()
	const want = "267ae5c6bd30f29007dc22e55d77c44e693aad8edbfcb30e3bcc7a1a99689a5c"
	if got := hex.EncodeToString(ring(older).MAC("flash", parts("a", "b")...)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoTwoListsOfPartsReadAlike(t *testing.T) {
	t.Parallel()
	frame := "\x00\x00\x00\x00\x00\x00\x00\x01"
	lists := [][][]byte{
		parts("ab"), parts("a", "b"), parts("b", "a"), parts("", "ab"), parts("ab", ""), parts("", "", "ab"),
		parts("a", "", "b"), parts(), parts(""), parts("", ""), parts(frame + "a"), parts("a" + frame + "b"),
		{nil, nil, nil},
	}
	for i, a := range lists {
		for j, b := range lists {
			if got, want := ring(older).Verify(ring(older).MAC("p", a...), "p", b...), i == j; got != want {
				t.Errorf("%q as %q: %v", a, b, got)
			}
		}
	}
	if !ring(older).Verify(ring(older).MAC("p", nil), "p", []byte{}) {
		t.Error("a nil part is not an empty one")
	}
}

func TestPurposesDoNotCross(t *testing.T) {
	t.Parallel()
	r := ring(older)
	purposes := []string{"flash", "flash ", " flash", "Flash", "", "outbox", "flas", "flash\x00", "flash h"}
	for i, made := range purposes {
		sum, sealed := r.MAC(made, []byte("x")), seal(t, r, made, "x", "")
		for j, used := range purposes {
			if got := r.Verify(sum, used, []byte("x")); got != (i == j) {
				t.Errorf("signed for %q, verified for %q: %v", made, used, got)
			}
			if _, err := r.Open(used, sealed, nil); (err == nil) != (i == j) {
				t.Errorf("sealed for %q, opened for %q: %v", made, used, err)
			}
		}
	}
	if r.Verify(r.MAC("flash"), "flash", []byte("flash")) || r.Verify(r.MAC("a", []byte("b")), "ab") {
		t.Error("the purpose merges with a part")
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	before, during, after := ring(older), ring(newer, older), ring(newer)
	for _, c := range []struct {
		about      string
		made, used keyring.Ring
		good       bool
	}{
		{"old value, both secrets", before, during, true},
		{"new value, both secrets", during, during, true},
		{"new value, old secret gone", during, after, true},
		{"new value, an instance not yet restarted", during, before, false},
		{"old value, old secret gone", before, after, false},
		{"another application's", ring(alien), during, false},
		{"newest is the first", ring(older, newer), after, false},
		{"same secret twice", ring(older, older), before, true},
	} {
		sum, sealed := c.made.MAC("p", []byte("x")), seal(t, c.made, "p", "x", "id")
		if got := c.used.Verify(sum, "p", []byte("x")); got != c.good {
			t.Errorf("%s: verified %v", c.about, got)
		}
		plain, err := c.used.Open("p", sealed, []byte("id"))
		if c.good && (err != nil || string(plain) != "x") || !c.good && (!errors.Is(err, keyring.ErrForged) || plain != nil) {
			t.Errorf("%s: opened %q, %v", c.about, plain, err)
		}
	}
}

// A change of any bit, a cut of any length and anything added are all found out.
func TestTampering(t *testing.T) {
	t.Parallel()
	r := ring(newer, older)
	sum, sealed := r.MAC("p", []byte("x")), seal(t, r, "p", "attack at dawn", "row 1")
	open := func(what string, bad []byte) {
		if plain, err := r.Open("p", bad, []byte("row 1")); !errors.Is(err, keyring.ErrForged) || plain != nil {
			t.Errorf("%s: opened %q, %v", what, plain, err)
		}
	}
	for bit := range len(sum) * 8 {
		if bad := flip(sum, bit); r.Verify(bad, "p", []byte("x")) {
			t.Errorf("verified with bit %d changed", bit)
		}
	}
	for bit := range len(sealed) * 8 {
		open("changed", flip(sealed, bit))
	}
	for n := range len(sealed) {
		open("cut", sealed[:n])
		open("cut in front", sealed[len(sealed)-n:])
	}
	for n := range len(sum) {
		if r.Verify(sum[:n], "p", []byte("x")) {
			t.Errorf("verified by %d of its bytes", n)
		}
	}
	open("longer", append(slices.Clone(sealed), 0))
	open("nothing", nil)
	open("twice", append(slices.Clone(sealed), sealed...))
	if r.Verify(nil, "p", []byte("x")) || r.Verify(append(slices.Clone(sum), 0), "p", []byte("x")) {
		t.Error("verified a sum of another length")
	}
}

func flip(whole []byte, bit int) []byte {
	bad := slices.Clone(whole)
	bad[bit/8] ^= 1 << (bit % 8)
	return bad
}

func TestSealedBelongsToItsPlace(t *testing.T) {
	t.Parallel()
	r := ring(older)
	sealed := seal(t, r, "p", "x", "row 1")
	for _, about := range []string{"row 2", "", "row 1 ", "row"} {
		if _, err := r.Open("p", sealed, []byte(about)); !errors.Is(err, keyring.ErrForged) {
			t.Errorf("opened at %q: %v", about, err)
		}
	}
	if _, err := r.Open("p", seal(t, r, "p", "x", ""), nil); err != nil {
		t.Errorf("nothing to be about, said in two ways: %v", err)
	}
}

func TestSealHidesAndNeverRepeats(t *testing.T) {
	t.Parallel()
	r := ring(older)
	plain := bytes.Repeat([]byte("hunter2"), 100)
	seen := map[string]bool{}
	for range 1000 {
		sealed, err := r.Seal("p", plain, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(sealed, []byte("hunter2")) {
			t.Fatal("sealed in the open")
		}
		if nonce := string(sealed[:12]); seen[nonce] {
			t.Fatal("a nonce came twice, which gives AES-GCM's key away")
		} else {
			seen[nonce] = true
		}
	}
	empty := seal(t, r, "p", "", "")
	if got, err := r.Open("p", empty, nil); err != nil || len(got) != 0 {
		t.Errorf("nothing, sealed: %q, %v", got, err)
	}
}

// A ring keeps its secrets for itself: what was handed in may change afterwards.
func TestRingKeepsItsOwnCopy(t *testing.T) {
	t.Parallel()
	secrets := []string{older}
	r := keyring.New(secrets)
	sum := r.MAC("p", []byte("x"))
	secrets[0] = alien
	if !r.Verify(sum, "p", []byte("x")) {
		t.Error("the ring changed with the list")
	}
	if keyring.New(nil).Verify(sum, "p", []byte("x")) {
		t.Error("verified without any secret")
	}
	if _, err := keyring.New(nil).Open("p", seal(t, r, "p", "x", ""), nil); !errors.Is(err, keyring.ErrForged) {
		t.Errorf("opened without any secret: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	r := ring(newer, older)
	f.Add(seal(f, r, "q", "x", ""), []byte("about"))
	f.Add([]byte(nil), []byte(nil))
	f.Add(make([]byte, 12), []byte{})
	f.Add(make([]byte, 28), []byte{})
	f.Fuzz(func(t *testing.T, text, about []byte) {
		if plain, err := r.Open("p", text, about); err == nil || plain != nil {
			t.Fatalf("opened %q", text)
		}
		if r.Verify(text, "p", about) {
			t.Fatalf("verified %q", text)
		}
		sealed, err := r.Seal("p", text, about)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := r.Open("p", sealed, about); err != nil || !bytes.Equal(plain, text) {
			t.Fatalf("%q came back as %q, %v", text, plain, err)
		}
		if !r.Verify(r.MAC("p", text, about), "p", text, about) || len(text)+len(about) > 0 && r.Verify(r.MAC("p", text, about), "p", append(slices.Clone(text), about...)) {
			t.Fatalf("parts %q and %q", text, about)
		}
	})
}
