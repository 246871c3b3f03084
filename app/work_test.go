//go:build unix

package app_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/password"
)

// An unknown name costs as much work as a known one. Work is the time that this process had on a
// processor, which others on the machine do not lengthen; no other test runs beside this one. Each
// is asked in turn until the least of all agree: a hash that is left out shortens one for good.
func TestEqualWork(t *testing.T) {
	config := confirming(app.Confirm{}, app.Register{})
	config.Hashing = password.Params{Memory: 16 << 10, Time: 3, Threads: 1}
	s := host(config).Start(t, dbFor(t), apptest.Plain)
	s.User(apptest.Person{Email: "known@example.com"})
	s.User(apptest.Person{Email: "shuts@example.com", Disabled: true})
	s.User(apptest.Person{Email: "waits@example.com", Unconfirmed: true})
	s.User(apptest.Person{Email: "empty@example.com", NoPassword: true})
	s.Clock.Advance(time.Hour)
	b := s.Browser()
	for path, test := range map[string]struct {
		typed string
		names []string
	}{
		"/login":    {"wrong", []string{"known@example.com", "other@example.com", "shuts@example.com", "waits@example.com", "empty@example.com", "other", "no name at all"}},
		"/register": {good, []string{"known@example.com", "new%d@example.com"}},
	} {
		least := map[string]time.Duration{}
		unequal := test.names[1:]
		for round := 0; round < 30 && len(unequal) > 0; round++ {
			for _, name := range test.names {
				form := url.Values{"email": {strings.ReplaceAll(name, "%d", strconv.Itoa(round))}, "password": {test.typed}}
				began := worked(t)
				b.Send(apptest.Request{Path: path, Header: headers(apptest.Plain), Body: form.Encode()})
				if took := worked(t) - began; round == 0 || took < least[name] {
					least[name] = took
				}
			}
			unequal = slices.DeleteFunc(slices.Clone(test.names[1:]), func(name string) bool {
				known, took := least[test.names[0]], least[name]
				return took > known*3/4 && known > took*3/4
			})
		}
		for _, name := range unequal {
			t.Errorf("%s takes %v for %s, and %v for a known name", path, least[name], name, least[test.names[0]])
		}
	}
}

// worked is how long this process has been on a processor.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
