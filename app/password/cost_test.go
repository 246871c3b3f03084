package password_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// allocated is how many bytes call allocates. Tests that use it are not parallel.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestOnlyAnUpdateHashesTwice(t *testing.T) {
	h, err := password.New(password.Params{})
	if err != nil {
		t.Fatal(err)
	}
	const one = 19 << 20
	for _, tt := range []struct {
		name, plain string
		update      bool
		least, most uint64
	}{
		{"Verify", "hunter2hunter2", false, 0, one / 2},
		{"VerifyAndUpdate", "hunter2hunter2", true, one, one * 3 / 2},
		{"VerifyAndUpdate, wrong password", "hunter3hunter3", true, 0, one / 2},
	} {
		got := allocated(func() {
			if tt.update {
				_, _, err = h.VerifyAndUpdate(t.Context(), tt.plain, goldenSmall)
			} else {
				_, err = h.Verify(t.Context(), tt.plain, goldenSmall)
			}
		})
		if err != nil || got < tt.least || got > tt.most {
			t.Errorf("%s: %v, %d bytes, want %d to %d", tt.name, err, got, tt.least, tt.most)
		}
	}
}

func TestAFloodIsRefusedUnread(t *testing.T) {
	h := light(t, nil)
	flood := strings.Repeat("e\u0301\u0323", 1<<20)
	got := allocated(func() {
		if _, err := h.Verify(t.Context(), flood, goldenSmall); !errors.Is(err, password.ErrTooLong) {
			t.Error(err)
		}
		if got := verdict(t, password.Policy{}, flood); got != long {
			t.Error(got)
		}
	})
	if got > 1<<20 {
		t.Errorf("allocated %d bytes over %d", got, len(flood))
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		params password.Params
		want   []string
	}{
		{password.Params{Memory: 256 << 10}, []string{"Memory"}},
		{password.Params{Memory: 1}, []string{"Memory"}},
		{password.Params{Time: 11, Threads: 17}, []string{"Time", "Threads"}},
		{password.Params{SaltLength: 4, KeyLength: 8}, []string{"SaltLength", "KeyLength"}},
		{password.Params{Slots: -1}, []string{"Slots"}},
		{password.Params{Queue: -1}, []string{"Queue"}},
		{password.Params{Wait: -time.Second}, []string{"Wait"}},
	} {
		_, err := password.New(tt.params)
		for _, word := range tt.want {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%+v: %v, want it to name %s", tt.params, err, word)
			}
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	h, err := password.New(password.Params{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, err := h.Verify(b.Context(), goldenPlain, goldenDefault); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
