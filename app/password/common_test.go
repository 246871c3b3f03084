package password_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/frequency"

	"github.com/gatehouse-go/gatehouse/app/password"
)

func TestCommonListIsWhole(t *testing.T) {
	t.Parallel()
	list := strings.Split(strings.TrimSuffix(password.Common(), "\n"), "\n")
	if len(list) < 40_000 || !slices.IsSorted(list) || !strings.HasSuffix(password.Common(), "\n") {
		t.Fatalf("%d words, sorted: %v", len(list), slices.IsSorted(list))
	}
	refused := 0
	for i, word := range list {
		if !password.HasCommon(word) {
			t.Errorf("word %d, %q, is not found", i, word)
		}
		if utf8.RuneCountInString(word) < 8 {
			continue
		}
		refused++
		if got := verdict(t, password.Policy{}, word); got != frequent {
			t.Errorf("%q: %q", word, got)
		}
	}
	if refused < 3000 { // ASVS 6.2.4: those that the policy would else accept count
		t.Errorf("only %d of eight characters or more", refused)
	}
}

// The estimator carries a shorter list of the same origin; that one is a second opinion on ours.
func TestCommonListHasTheEstimators(t *testing.T) {
	t.Parallel()
	for _, word := range frequency.FrequencyLists["passwords"] {
		if !password.HasCommon(word) {
			t.Errorf("%q is missing", word)
		}
	}
}

func TestCommonListHasNothingElse(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "\n", "passwordx", "password\n", "123456\n1234567", "verdigris teapot", "~~~~~~~~~", "\x00", "zzzzzzzzzzzzzzzzzzzzzzzzz"} {
		if password.HasCommon(word) {
			t.Errorf("%q is found", word)
		}
	}
}

func BenchmarkCommon(b *testing.B) {
	for b.Loop() {
		password.HasCommon("verdigris")
	}
}
