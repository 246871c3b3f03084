package app

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// every is an application with every feature there is.
func every(t *testing.T) *App {
	t.Helper()
	features := []Feature{
		Login{},
		Remember{},
		Logout{},
		Register{},
		Invite{},
		Confirm{},
		Recover{},
		MagicLink{},
		Account{},
		Change{},
		ChangeEmail{},
		Addresses{},
		ChangeUsername{},
		RecoverUsername{},
		Track{},
		Alert{},
	}
	a, err := New(Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Mailer: mail.NewMailbox(), Features: features})
	if err != nil {
		t.Fatal(err)
	}
	listed := []string{"files", "mailbox", "gallery", "proof"} // which New adds by itself
	for _, f := range features {
		listed = append(listed, reflect.TypeOf(f).Name())
	}
	written := slices.Sorted(maps.Keys(readSource(t).features))
	if slices.Sort(listed); !slices.Equal(listed, written) {
		t.Fatalf("the features are %q and this test lists %q", written, listed)
	}
	return a
}
