package password_test

import (
	"context"
	"errors"
	"fmt"
	"log"

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
