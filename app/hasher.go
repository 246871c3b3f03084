package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// A Hasher stores and checks passwords. The kit's is a *[password.Hasher], which a host's own does
// well to wrap. It is called outside transactions, after the limits were charged, and by many
// goroutines.
type Hasher interface {
	// Hash returns what to store of a password. An error is a *[password.Busy] where there is no room,
	// and password.ErrTooLong for what nobody's password can be.
	Hash(ctx context.Context, plain string) (string, error)
	// Verify reports whether a password is the one behind hash. An empty hash, and one that is
	// password.ErrMalformed, match nothing and take as long: they stand for accounts that do not exist.
	Verify(ctx context.Context, plain, hash string) (bool, error)
	// VerifyAndUpdate is Verify that also returns what to store in the place of hash, if the password is
	// right and would be stored otherwise today; "" if not.
	VerifyAndUpdate(ctx context.Context, plain, hash string) (ok bool, replacement string, err error)
}

// hashes is the hasher that c asks for. The host's own is tried: one that lets everybody in had better be
// noticed before somebody comes.
func (c Config) hashes() (Hasher, error) {
	if c.Hasher == nil {
		kits, err := password.New(c.Hashing)
		if err != nil {
			return nil, fmt.Errorf("app: Config.Hashing: %w", err)
		}
		return kits, nil
	}
	if c.Hashing != (password.Params{}) {
		return nil, errors.New("app: Config.Hasher and Config.Hashing are both set: give the settings to your hasher, or leave one of the two out")
	}
	if err := tried(context.Background(), c.Hasher); err != nil {
		return nil, fmt.Errorf("app: Config.Hasher: %w", err)
	}
	return c.Hasher, nil
}

func tried(ctx context.Context, h Hasher) error {
	const right, wrong = "a password to try the hasher", "another password"
	hash, err := h.Hash(ctx, right)
	if err != nil {
		return fmt.Errorf("its Hash: %w", err)
	}
	for _, try := range []struct {
		plain, hash string
		want        bool
	}{{right, hash, true}, {wrong, hash, false}, {right, "", false}, {"", "", false}} {
		once, err := h.Verify(ctx, try.plain, try.hash)
		again, _, failed := h.VerifyAndUpdate(ctx, try.plain, try.hash)
		switch {
		case err != nil || failed != nil:
			return fmt.Errorf("its Verify: %w", errors.Join(err, failed))
		case once != try.want || again != try.want:
			return fmt.Errorf("its Verify says %t and VerifyAndUpdate %t of %q and a hash of %d characters: both must say %t", once, again, try.plain, len(try.hash), try.want)
		}
	}
	return nil
}
