package password_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// seed adds the rows that hold part, and some of their neighbours.
func seed(f *testing.F, part string) {
	f.Helper()
	for _, row := range foreignRows(f) {
		if strings.Contains(row.Hash, part) {
			f.Add(row.Hash)
			f.Add(row.Hash[:len(row.Hash)/2])
			f.Add(row.Hash + "$")
		}
	}
}

// refused reports whether err is one, which has to say ErrMalformed.
func refused(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && !errors.Is(err, password.ErrMalformed) {
		t.Errorf("unexpected error: %v", err)
	}
	return err != nil
}

// Whatever is accepted must be what the accepted values are written as: one hash, one string.

func FuzzBcrypt(f *testing.F) {
	seed(f, "$2")
	f.Fuzz(func(t *testing.T, hash string) {
		cost, err := password.ParseBcrypt(hash)
		if refused(t, err) {
			return
		}
		if cost < 4 || cost > 16 || len(hash) != 60 || hash[4:6] != fmt.Sprintf("%02d", cost) {
			t.Errorf("accepted %q at cost %d", hash, cost)
		}
	})
}

func FuzzPasslibPBKDF2(f *testing.F) {
	seed(f, "$pbkdf2-")
	f.Fuzz(func(t *testing.T, hash string) {
		rounds, salt, key, err := password.ParsePasslibPBKDF2(hash)
		if refused(t, err) {
			return
		}
		text := func(data []byte) string {
			return strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(data), "+", ".")
		}
		if rounds < 1 || rounds > 3_000_000 || !strings.HasSuffix(hash, fmt.Sprintf("$%d$%s$%s", rounds, text(salt), text(key))) {
			t.Errorf("accepted %q as %d, %x, %x", hash, rounds, salt, key)
		}
	})
}

func FuzzDjangoPBKDF2(f *testing.F) {
	seed(f, "pbkdf2_")
	f.Fuzz(func(t *testing.T, hash string) {
		rounds, salt, key, err := password.ParseDjangoPBKDF2(hash)
		if refused(t, err) {
			return
		}
		if rounds < 1 || rounds > 3_000_000 || !strings.HasSuffix(hash, fmt.Sprintf("$%d$%s$%s", rounds, salt, base64.StdEncoding.EncodeToString(key))) {
			t.Errorf("accepted %q as %d, %x, %x", hash, rounds, salt, key)
		}
	})
}

func FuzzSHACrypt(f *testing.F) {
	seed(f, "$rounds=")
	seed(f, "$5$")
	seed(f, "$6$")
	f.Fuzz(func(t *testing.T, hash string) {
		rounds, salt, key, err := password.ParseSHACrypt(hash)
		if refused(t, err) {
			return
		}
		long := strings.HasSuffix(hash, fmt.Sprintf("$rounds=%d$%s$%s", rounds, salt, key))
		short := rounds == 5000 && strings.HasSuffix(hash, fmt.Sprintf("$%s$%s", salt, key))
		if rounds < 1000 || rounds > 1_000_000 || len(salt) < 1 || len(salt) > 16 || !long && !short {
			t.Errorf("accepted %q as %d, %q, %q", hash, rounds, salt, key)
		}
	})
}

func FuzzArgon2(f *testing.F) {
	seed(f, "$argon2")
	f.Fuzz(func(t *testing.T, hash string) {
		memory, passes, lanes, err := password.Parameters(hash)
		if refused(t, err) {
			return
		}
		if memory > 128<<10 || passes < 1 || passes > 10 || lanes < 1 || lanes > 16 || memory < 8*uint32(lanes) ||
			!strings.HasPrefix(hash, fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$", memory, passes, lanes)) {
			t.Errorf("accepted %q", hash)
		}
	})
}
