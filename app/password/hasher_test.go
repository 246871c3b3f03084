package password_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// light makes a Hasher that is fast enough to be called hundreds of times.
func light(t testing.TB, change func(*password.Params)) *password.Hasher {
	t.Helper()
	params := password.Params{Memory: 64, Time: 1, Slots: 2, Queue: 1000, Wait: time.Minute}
	if change != nil {
		change(&params)
	}
	h, err := password.New(params)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func hash(t testing.TB, h *password.Hasher, plain string) string {
	t.Helper()
	got, err := h.Hash(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDefaultsAreOWASPs(t *testing.T) {
	t.Parallel()
	stored, err := password.Hash(goldenPlain)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") || len(stored) != len("$argon2id$v=19$m=19456,t=2,p=1$")+22+1+43 {
		t.Errorf("stored %s", stored)
	}
	if ok, err := password.Verify(goldenPlain, stored); !ok || err != nil {
		t.Errorf("Verify: %v, %v", ok, err)
	}
	if ok, replacement, err := password.VerifyAndUpdate(goldenPlain, stored); !ok || replacement != "" || err != nil {
		t.Errorf("VerifyAndUpdate: %v, %q, %v", ok, replacement, err)
	}
}

func TestEachHashHasItsOwnSalt(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	if a, b := hash(t, h, "same"), hash(t, h, "same"); a == b {
		t.Errorf("twice %s", a)
	}
}

func TestTheWholePasswordCounts(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	long := strings.Repeat("0123456789abcdef", 64) // 1024 bytes
	stored := hash(t, h, long)
	for _, n := range []int{64, 72, 128, 1000, 1023, 1024} {
		ok, err := h.Verify(t.Context(), long[:n], stored)
		if ok != (n == 1024) || err != nil {
			t.Errorf("first %d bytes: %v, %v", n, ok, err)
		}
	}
}

func TestSpellingsOfOnePassword(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	for _, tt := range []struct {
		name, stored, typed string
		want                bool
	}{
		{"composed, decomposed", "caf\u00e9 au lait", "cafe\u0301 au lait", true},
		{"decomposed, composed", "cafe\u0301 au lait", "caf\u00e9 au lait", true},
		{"full width", "ｐａｓｓｐｈｒａｓｅ", "passphrase", true},
		{"ligature", "ﬁsh and chips", "fish and chips", true},
		{"Hangul", "\u1112\u1161\u11ab", "한", true},
		{"accent dropped", "caf\u00e9 au lait", "cafe au lait", false},
		{"bytes that are no UTF-8", "\xff\xfe", "\xff\xfd", false},
	} {
		if ok, err := h.Verify(t.Context(), tt.typed, hash(t, h, tt.stored)); ok != tt.want || err != nil {
			t.Errorf("%s: %v, %v; want %v", tt.name, ok, err, tt.want)
		}
	}
}

func TestVerifyAndUpdate(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	for _, tt := range []struct {
		name   string
		change func(*password.Params)
	}{
		{"memory", func(p *password.Params) { p.Memory = 128 }},
		{"time", func(p *password.Params) { p.Time = 2 }},
		{"threads", func(p *password.Params) { p.Threads = 2 }},
		{"salt", func(p *password.Params) { p.SaltLength = 8 }},
		{"key", func(p *password.Params) { p.KeyLength = 16 }},
	} {
		old := hash(t, light(t, tt.change), "the password")
		if ok, replacement, err := h.VerifyAndUpdate(t.Context(), "not the password", old); ok || replacement != "" || err != nil {
			t.Errorf("%s, wrong password: %v, %q, %v", tt.name, ok, replacement, err)
		}
		ok, replacement, err := h.VerifyAndUpdate(t.Context(), "the password", old)
		if !ok || replacement == "" || err != nil {
			t.Errorf("%s: %v, %q, %v; want a replacement", tt.name, ok, replacement, err)
			continue
		}
		if ok, again, err := h.VerifyAndUpdate(t.Context(), "the password", replacement); !ok || again != "" || err != nil {
			t.Errorf("%s, the replacement: %v, %q, %v", tt.name, ok, again, err)
		}
	}
}

func TestTooLongIsRefusedBeforeTheLine(t *testing.T) {
	t.Parallel()
	h := light(t, func(p *password.Params) { p.Memory = 19456 })
	h.Watch(func(string, func() error) { t.Error("worked on a password that is too long") })
	for name, plain := range map[string]string{
		"1025 bytes":             strings.Repeat("x", 1025),
		"1025 code points":       strings.Repeat("é", 1025),
		"1 MiB":                  strings.Repeat("x", 1<<20),
		"grows when normalised":  strings.Repeat("\ufdfa", 300),
		"1 MiB of combined text": strings.Repeat("e\u0301\u0323", 1<<18),
	} {
		start := time.Now()
		_, hashErr := h.Hash(t.Context(), plain)
		_, known := h.Verify(t.Context(), plain, goldenDefault)
		_, unknown := h.Verify(t.Context(), plain, "")
		dummy := h.Dummy(t.Context(), plain)
		for _, err := range []error{hashErr, known, unknown, dummy} {
			if !errors.Is(err, password.ErrTooLong) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestUnknownAccountsCostTheSame(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	known := hash(t, h, "the password")
	var work []string // parameters of each hash computed
	h.Watch(func(hash string, verify func() error) {
		if verify() == nil {
			work = append(work, strings.Split(hash, "$")[3])
		}
	})
	for _, tt := range []struct {
		name string
		call func() error
		want error
	}{
		{"right password", func() error { _, err := h.Verify(t.Context(), "the password", known); return err }, nil},
		{"wrong password", func() error { _, err := h.Verify(t.Context(), "another", known); return err }, nil},
		{"no password set", func() error { _, err := h.Verify(t.Context(), "the password", ""); return err }, nil},
		{"no password set, to update", func() error { _, _, err := h.VerifyAndUpdate(t.Context(), "x", ""); return err }, nil},
		{"no account", func() error { return h.Dummy(t.Context(), "the password") }, nil},
		{"malformed", func() error { _, err := h.Verify(t.Context(), "x", goldenSmall+"$"); return err }, password.ErrMalformed},
		{"unknown scheme", func() error { _, err := h.Verify(t.Context(), "x", "md5$x"); return err }, password.ErrMalformed},
	} {
		work = nil
		if err := tt.call(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if got := fmt.Sprint(work); got != "[m=64,t=1,p=1]" {
			t.Errorf("%s: did %s", tt.name, got)
		}
	}
}

func TestEmptyHashMatchesNothing(t *testing.T) {
	t.Parallel()
	h := light(t, nil)
	for _, plain := range []string{"", " ", "\x00", "password"} {
		if ok, replacement, err := h.VerifyAndUpdate(t.Context(), plain, ""); ok || replacement != "" || err != nil {
			t.Errorf("%q: %v, %q, %v", plain, ok, replacement, err)
		}
	}
}

func TestTwoHundredAtOnce(t *testing.T) { // not parallel: it counts goroutines
	before := runtime.NumGoroutine()
	h := light(t, nil)
	stored := hash(t, h, "the password")
	var inside, peak, done atomic.Int64
	h.Watch(func(_ string, verify func() error) {
		now := inside.Add(1)
		defer inside.Add(-1)
		for old := peak.Load(); now > old && !peak.CompareAndSwap(old, now); old = peak.Load() {
		}
		if verify() == nil {
			done.Add(1)
		}
	})
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			target := []string{stored, "", goldenSmall}[i%3]
			ok, err := h.Verify(context.Background(), "the password", target)
			if ok != (target == stored) || err != nil {
				t.Errorf("%d: %v, %v", i, ok, err)
			}
		})
	}
	all.Wait()
	if peak.Load() > 2 || done.Load() != 200 {
		t.Errorf("peak %d, done %d; want at most 2, and 200", peak.Load(), done.Load())
	}
	settle(t, before)
}

func TestEveryRoadLeadsThroughTheGate(t *testing.T) {
	t.Parallel()
	h := light(t, func(p *password.Params) { p.Slots, p.Wait = 1, 10*time.Millisecond })
	stored := hash(t, h, "the password")
	taken, free := make(chan struct{}), make(chan struct{})
	h.Watch(func(_ string, verify func() error) {
		close(taken) // a second one would panic
		<-free
		_ = verify()
	})
	var holder sync.WaitGroup
	holder.Go(func() {
		if ok, err := h.Verify(context.Background(), "the password", stored); !ok || err != nil {
			t.Errorf("the holder: %v, %v", ok, err)
		}
	})
	<-taken
	for name, call := range map[string]func() error{
		"Hash":            func() error { _, err := h.Hash(t.Context(), "x"); return err },
		"Verify":          func() error { _, err := h.Verify(t.Context(), "x", stored); return err },
		"Verify nobody":   func() error { _, err := h.Verify(t.Context(), "x", ""); return err },
		"VerifyAndUpdate": func() error { _, _, err := h.VerifyAndUpdate(t.Context(), "x", stored); return err },
		"Dummy":           func() error { return h.Dummy(t.Context(), "x") },
	} {
		if err := call(); !errors.Is(err, password.ErrBusy) {
			t.Errorf("%s: %v, want ErrBusy", name, err)
		}
	}
	close(free)
	holder.Wait()
}
