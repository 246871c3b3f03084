package password_test

import (
	"context"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// sha1Hex verifies what some site kept long ago: sha1:salt:hex.
func sha1Hex(_ context.Context, plain, hash string) (bool, error) {
	fields := strings.Split(hash, ":")
	if len(fields) != 3 || fields[0] != "sha1" {
		return false, password.ErrMalformed
	}
	digest := sha1.Sum([]byte(fields[1] + plain))
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(digest[:])), []byte(fields[2])) == 1, nil
}

const legacyHash = "sha1:salt:da00ec2e6ff9ed4d342b24a16e262c82f3c8b10b" // of salt and secret

func TestVerifyLegacy(t *testing.T) {
	t.Parallel()
	h := light(t, func(p *password.Params) { p.VerifyLegacy = password.LegacyFunc(sha1Hex) })
	var work []string
	h.Watch(func(hash string, verify func() error) {
		if verify() == nil {
			work = append(work, hash[:5])
		}
	})
	for _, tt := range []struct {
		name, plain, hash string
		want              bool
		err               error
		work              string
	}{
		{"right", "secret", legacyHash, true, nil, "[sha1:]"},
		{"wrong", "Secret", legacyHash, false, nil, "[sha1: $argo]"},
		{"unknown to it too", "secret", "md5:salt", false, password.ErrMalformed, "[$argo]"},
		{"plain text", "secret", "secret", false, password.ErrMalformed, "[$argo]"},
		{"no password", "secret", "", false, nil, "[$argo]"},
	} {
		work = nil
		ok, replacement, err := h.VerifyAndUpdate(t.Context(), tt.plain, tt.hash)
		if ok != tt.want || (replacement != "") != tt.want || !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
			t.Errorf("%s: %v, %q, %v", tt.name, ok, replacement, err)
		}
		if got := fmt.Sprint(work); got != tt.work {
			t.Errorf("%s: did %s, want %s", tt.name, got, tt.work)
		}
	}
}

// asked is a Legacy that notes what it is asked, and says yes.
type asked struct {
	plain, hash []string
	err         error
}

func (a *asked) VerifyLegacy(_ context.Context, plain, hash string) (bool, error) {
	a.plain, a.hash = append(a.plain, plain), append(a.hash, hash)
	return true, a.err
}

func TestVerifyLegacyIsAskedAboutTheUnknownAlone(t *testing.T) {
	t.Parallel()
	legacy := &asked{}
	h := light(t, func(p *password.Params) { p.VerifyLegacy = legacy })
	for _, row := range foreignRows(t) {
		if row.slow() {
			continue
		}
		for _, stored := range []string{row.Hash, row.Hash + "$", password.FlaskSecurity + row.Hash} {
			if ok, err := h.Verify(t.Context(), "not the password", stored); ok || err != nil && !errors.Is(err, password.ErrMalformed) {
				t.Errorf("%s: %v, %v", row.Name, ok, err)
			}
		}
	}
	if legacy.hash != nil {
		t.Errorf("asked about %q", legacy.hash)
	}
	typed := "caf\u00e9 ﬁn"
	if ok, err := h.Verify(t.Context(), typed, "des$ab"); !ok || err != nil || len(legacy.plain) != 1 || legacy.plain[0] != typed {
		t.Errorf("%v, %v; asked about %q", ok, err, legacy.plain)
	}
}

func TestVerifyLegacyUnderTheDoubleHash(t *testing.T) {
	t.Parallel()
	legacy := &asked{}
	h := light(t, func(p *password.Params) { p.VerifyLegacy, p.FlaskSecuritySalt = legacy, "salt" })
	ok, replacement, err := h.VerifyAndUpdate(t.Context(), "secret", password.FlaskSecurity+"ab1dDdZ7CHVoc")
	if !ok || replacement == "" || err != nil || len(legacy.hash) != 1 || legacy.hash[0] != "ab1dDdZ7CHVoc" || len(legacy.plain[0]) != 88 {
		t.Errorf("%v, %q, %v; asked %+v", ok, replacement, err, legacy)
	}
}

func TestVerifyLegacyFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("the old server is down")
	h := light(t, func(p *password.Params) { p.VerifyLegacy = &asked{err: broken} })
	if ok, replacement, err := h.VerifyAndUpdate(t.Context(), "secret", legacyHash); ok || replacement != "" || !errors.Is(err, broken) || errors.Is(err, password.ErrMalformed) {
		t.Errorf("%v, %q, %v", ok, replacement, err)
	}
}

func TestVerifyLegacyGoesThroughTheGate(t *testing.T) {
	t.Parallel()
	entered, free := make(chan struct{}), make(chan struct{})
	h := light(t, func(p *password.Params) {
		p.Slots, p.Wait = 1, 10*time.Millisecond
		p.VerifyLegacy = password.LegacyFunc(func(context.Context, string, string) (bool, error) {
			close(entered) // a second one would panic
			<-free
			return false, nil
		})
	})
	done := make(chan error)
	go func() { _, err := h.Verify(context.Background(), "secret", legacyHash); done <- err }()
	<-entered
	bcrypt := rowNamed(t, "passlib", "bcrypt, words").Hash
	for _, stored := range []string{legacyHash, bcrypt, ""} {
		if _, err := h.Verify(t.Context(), "secret", stored); !errors.Is(err, password.ErrBusy) {
			t.Errorf("%q: %v, want ErrBusy", stored, err)
		}
	}
	close(free)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestParamsCompare(t *testing.T) {
	t.Parallel()
	p := password.Params{VerifyLegacy: password.LegacyFunc(sha1Hex)}
	if p == (password.Params{}) || (password.Params{}) != (password.Params{}) {
		t.Error("a host cannot ask whether it set anything")
	}
}
