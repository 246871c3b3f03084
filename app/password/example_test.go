package password_test

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// Seed data needs accounts that people can sign in to.
func Example() {
	type user struct{ Username, PasswordHash string }
	var seed []user
	for _, name := range []string{"ada", "grace"} {
		hash, err := password.Hash("verdigris teapot " + name)
		if err != nil {
			log.Fatal(err)
		}
		seed = append(seed, user{Username: name, PasswordHash: hash})
	}

	for _, u := range seed {
		ok, err := password.Verify("verdigris teapot ada", u.PasswordHash)
		fmt.Println(u.Username, ok, err)
	}
	// Output:
	// ada true <nil>
	// grace false <nil>
}

// A server has one Hasher. At sign-in it replaces hashes that were made with other parameters.
func ExampleHasher_VerifyAndUpdate() {
	hasher, err := password.New(password.Params{Slots: 2})
	if err != nil {
		log.Fatal(err)
	}
	stored := "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$iFK6uEUMjaex/7wzs8TP8A"

	ok, replacement, err := hasher.VerifyAndUpdate(context.Background(), "hunter2hunter2", stored)
	if busy := (*password.Busy)(nil); errors.As(err, &busy) {
		fmt.Println("503, Retry-After:", busy.RetryAfter().Seconds())
		return
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ok, replacement[:30])
	// Output: true $argon2id$v=19$m=19456,t=2,p=1
}

// Werkzeug, which comes with Flask, writes pbkdf2:sha256:rounds$salt$hex.
func ExampleLegacyFunc() {
	werkzeug := func(_ context.Context, plain, hash string) (bool, error) {
		rest, known := strings.CutPrefix(hash, "pbkdf2:sha256:")
		fields := strings.Split(rest, "$")
		if !known || len(fields) != 3 {
			return false, password.ErrMalformed
		}
		rounds, err := strconv.Atoi(fields[0])
		want, hexErr := hex.DecodeString(fields[2])
		if err != nil || hexErr != nil || rounds < 1 || rounds > 2_000_000 || len(want) != sha256.Size {
			return false, password.ErrMalformed
		}
		got, err := pbkdf2.Key(sha256.New, plain, []byte(fields[1]), rounds, sha256.Size)
		return subtle.ConstantTimeCompare(got, want) == 1, err
	}
	hasher, err := password.New(password.Params{VerifyLegacy: password.LegacyFunc(werkzeug)})
	if err != nil {
		log.Fatal(err)
	}
	stored := "pbkdf2:sha256:1000$0T6ifiDsiX6baTxS$770a0e0e3b5fcda230c14de60cc5d8114a562f4fc4a1f4e46edb769dd3085720"
	ok, replacement, err := hasher.VerifyAndUpdate(context.Background(), "correct horse battery staple", stored)
	fmt.Println(ok, replacement[:9], err)
	// Output: true $argon2id <nil>
}

func ExamplePolicy_Check() {
	policy := password.NIST()
	for _, plain := range []string{"teapot", "alice1984@mail.example", "correct horse password battery"} {
		for _, m := range policy.Check(context.Background(), plain, "alice1984@mail.example", "Shop") {
			fmt.Println(m.Code)
		}
	}
	// Output:
	// password.too_short
	// password.too_personal
}
