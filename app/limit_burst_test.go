package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// foreign is a site whose accounts have hashes that only a function of the host's can read.
func foreign(config app.Config, verify func(ctx context.Context, plain string) (bool, error)) app.Config {
	config.Hashing = apptest.Fast()
	config.Hashing.VerifyLegacy = password.LegacyFunc(func(ctx context.Context, plain, _ string) (bool, error) { return verify(ctx, plain) })
	return config
}

func giveForeign(t *testing.T, s *apptest.Site, user *db.User) {
	t.Helper()
	run(t, s, "UPDATE users SET password_hash = 'legacy:x' WHERE id = ?", user.ID)
}

// A slot is the only one that an application has for hashes.
type slot struct{ inside, release chan struct{} }

func oneSlot(config app.Config) (app.Config, slot) {
	one := slot{make(chan struct{}), make(chan struct{})}
	config = foreign(config, func(context.Context, string) (bool, error) {
		close(one.inside)
		<-one.release
		return false, nil
	})
	config.Hashing.Slots, config.Hashing.Queue, config.Hashing.Wait = 1, 1, 20*time.Millisecond
	return config, one
}

// take keeps the slot busy with somebody's sign-in until free is called.
func (one slot) take(t *testing.T, s *apptest.Site) (free func()) {
	t.Helper()
	s.Logged()
	giveForeign(t, s, s.User(apptest.Person{Email: "slow@example.com"}))
	for {
		done := make(chan struct{})
		go func() {
			defer close(done)
			try(s, "slow@example.com", "x")
		}()
		select {
		case <-one.inside:
			return func() {
				close(one.release)
				<-done
			}
		case <-done: // on a machine that is too busy to begin
		}
	}
}

// A hundred guesses at once, in all spellings and from everywhere, are five guesses: no more are
// compared with the stored hash (CVE-2019-5421, CVE-2024-4629).
func TestLimitBurst(t *testing.T) {
	t.Parallel()
	for _, transport := range []apptest.Transport{apptest.Plain, apptest.JSON} {
		dbtestEach(t, transport, func(t *testing.T, start func(app.Config) *apptest.Site) {
			var compared atomic.Int64
			s := start(foreign(perAccount(), func(context.Context, string) (bool, error) {
				compared.Add(1)
				time.Sleep(5 * time.Millisecond)
				return false, nil
			}))
			giveForeign(t, s, s.User(apptest.Person{Email: ada}))
			spellings := []string{ada, "ADA@example.com", " ada@EXAMPLE.com ", "ａｄａ@example.com"}
			var all sync.WaitGroup
			statuses := make([]int, 100)
			for i := range statuses {
				all.Go(func() {
					statuses[i] = try(s, spellings[i%len(spellings)], "guess", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i)).Status
				})
			}
			all.Wait()
			if n := compared.Load(); n != 5 {
				t.Errorf("%d passwords were compared", n)
			}
			s.Happened(wrongly(5)...)
			count := map[int]int{}
			for _, status := range statuses {
				count[status]++
			}
			if count[http.StatusTooManyRequests] != 95 {
				t.Errorf("the answers are %v", count)
			}
		})
	}
}

// The same for a network: twenty of a hundred names are tried.
func TestLimitBurstFromANetwork(t *testing.T) {
	t.Parallel()
	dbtestEach(t, apptest.Plain, func(t *testing.T, start func(app.Config) *apptest.Site) {
		s := start(app.Config{})
		var all sync.WaitGroup
		var refused atomic.Int64
		for i := range 100 {
			all.Go(func() {
				if try(s, fmt.Sprintf("u%d@example.com", i), "guess").Status == http.StatusTooManyRequests {
					refused.Add(1)
				}
			})
		}
		all.Wait()
		if refused.Load() != 80 {
			t.Errorf("%d were refused", refused.Load())
		}
		s.Happened(wrongly(20)...)
	})
}

// Someone who signs in from many places at once is let in at each.
func TestLimitBurstOfTheOwner(t *testing.T) {
	t.Parallel()
	dbtestEach(t, apptest.Plain, func(t *testing.T, start func(app.Config) *apptest.Site) {
		s := start(app.Config{})
		s.User(apptest.Person{Email: ada})
		for range 15 {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if answer := try(s, ada, apptest.Password); answer.Status != http.StatusSeeOther {
						t.Errorf("%d %.200s", answer.Status, answer.Body)
					}
				})
			}
			all.Wait()
		}
	})
}

// dbtestEach starts a site on each database.
func dbtestEach(t *testing.T, transport apptest.Transport, do func(t *testing.T, start func(app.Config) *apptest.Site)) {
	t.Helper()
	t.Run("sqlite/"+string(transport), func(t *testing.T) {
		t.Parallel()
		do(t, func(config app.Config) *apptest.Site { return host(config).Start(t, dbtest.SQLite(t), transport) })
	})
	t.Run("postgres/"+string(transport), func(t *testing.T) {
		t.Parallel()
		do(t, func(config app.Config) *apptest.Site { return host(config).Start(t, dbtest.Postgres(t), transport) })
	})
}

// A try for which there was no time has not failed: who was told to come back in a few seconds is
// not told then to wait for having come.
func TestLimitDoesNotCountTheBusy(t *testing.T) {
	t.Parallel()
	for _, transport := range anyway {
		t.Run(string(transport), func(t *testing.T) {
			t.Parallel()
			config, one := oneSlot(app.Config{})
			s := host(config).Start(t, dbtest.SQLite(t), transport)
			s.User(apptest.Person{Email: ada})
			free := one.take(t, s)
			for range 25 {
				if answer := try(s, ada, apptest.Password); answer.Status != http.StatusServiceUnavailable {
					t.Errorf("%d %.200s", answer.Status, answer.Body)
					break
				}
			}
			free()
			signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		})
	}
}

// A limit of which a part is left out is the default in that part, or refused: never no limit.
func TestLimitsInPart(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]app.Limit{
		"only the free tries":     {PerAccount: app.Delay{Free: 3}},
		"only their span":         {PerAccount: app.Delay{Within: time.Hour}},
		"only the first wait":     {PerAccount: app.Delay{First: time.Minute}},
		"only the longest wait":   {PerAccount: app.Delay{Longest: time.Minute}},
		"no longest wait":         {PerAccount: app.Delay{Free: 3, Within: time.Hour, First: time.Minute}},
		"no span":                 {PerAccount: app.Delay{Free: 3, First: time.Minute, Longest: time.Hour}},
		"negative free tries":     {PerAccount: app.Delay{Free: -1, Within: time.Hour, First: time.Minute, Longest: time.Hour}},
		"negative waits":          {PerAccount: app.Delay{Free: 3, Within: time.Hour, First: -time.Minute, Longest: time.Hour}},
		"the wait of a long time": {PerAccount: app.Delay{Free: 3, Within: time.Hour, First: 100 * 24 * time.Hour, Longest: 1000 * 24 * time.Hour}},
		"only the quota":          {PerNetwork: app.Quota{Most: 3}},
		"only its span":           {PerNetwork: app.Quota{Within: time.Hour}},
		"negative quota":          {PerNetwork: app.Quota{Most: -1, Within: time.Hour}},
		"negative span":           {PerNetwork: app.Quota{Most: 3, Within: -time.Hour}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			features := []app.Feature{app.Login{Limit: limit}, app.Logout{}}
			if _, err := app.New(app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: features}); err != nil {
				if !strings.Contains(err.Error(), "Limit") {
					t.Errorf("refused by %q, which does not say what", err)
				}
				return
			}
			s := host(app.Config{Features: features}).Start(t, dbtest.SQLite(t), apptest.Plain)
			// Guesses at one name are bounded before those from here are, and the other way round.
			waited := false
			for i := range 21 {
				named, enough := ada, 10
				if limit.PerNetwork != (app.Quota{}) {
					named, enough = fmt.Sprintf("u%d@example.com", i), 20
				}
				waited = waited || try(s, named, "wrong").Status == http.StatusTooManyRequests && i > 0 && i <= enough
			}
			if !waited {
				t.Errorf("%+v bounds nothing", limit)
			}
		})
	}
}
