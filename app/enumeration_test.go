package app_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// An asking is what a visitor does who would like to know whose a name is: the same for every name,
// each in a browser of its own.
type asking struct {
	by    func(s *apptest.Site, i int) *apptest.Browser // the default is anybody
	steps []prying
	// usernames says that more than addresses may be typed.
	usernames bool
	// mails are who gets how many; everybody else gets none.
	mails map[string]int
	// apart is the test that looks after a form to which none of this applies.
	apart string
}

// A prying is one request: a form to which the name is added, unless it is unnamed, or a page.
type prying struct {
	after   time.Duration
	path    string
	form    url.Values
	unnamed bool
}

// again posts a form, clicks it twice, does so again too soon, and then when it is time.
func again(path string, form url.Values) []prying {
	return []prying{
		{path: path, form: form},
		{path: path, form: form},
		{path: path, form: form, after: 10 * time.Second},
		{path: path, form: form, after: time.Hour},
	}
}

func wrongCode(path string) []prying {
	return []prying{{path: path, form: url.Values{"code": {"12345678"}}}, {path: path, form: url.Values{"code": {""}}}, {path: path, form: url.Values{"code": {"12345678"}}}}
}

var anything = url.Values{"x": {"1"}}

// askings is every form that takes a name, by where it is posted. A new one fails
// TestEveryNamingFormIsListed until it stands here.
var askings = map[string]asking{
	"/login": {usernames: true, steps: append(
		slices.Repeat([]prying{{path: "/login", form: url.Values{"password": {"wrong"}}}}, 7),
		prying{path: "/login", form: url.Values{"password": {""}}},
		prying{path: "/login", form: url.Values{"password": {apptest.Password}}}, // by now one has to wait
		prying{path: "/login", form: url.Values{"password": {"wrong"}}, after: time.Hour},
		prying{path: "/login", form: url.Values{"password": {strings.Repeat("long", 3000)}}, after: time.Hour},
	)},
	"/register": {
		steps: again("/register", url.Values{"password": {good}}),
		mails: map[string]int{"known": 2, "waits": 2, "shuts": 2, "empty": 2, "other": 2},
	},
	"/confirm": {
		steps: append(again("/confirm", url.Values{}), prying{path: "/confirm"}),
		mails: map[string]int{"waits": 2},
	},
	"/confirm/code": {steps: append(again("/confirm", url.Values{}), wrongCode("/confirm/code")...), mails: map[string]int{"waits": 2}},
	"/confirm/address": {
		by: func(s *apptest.Site, i int) *apptest.Browser { return enroll(s.Browser(), asker(i)) },
		steps: []prying{
			{path: "/confirm/address"},
			{path: "/confirm/address", form: url.Values{"password": {"wrong"}}, after: time.Hour},
			{path: "/confirm/address", form: url.Values{"password": {good}}},
			{path: "/confirm"},
		},
		mails: map[string]int{"known": 1, "waits": 1, "shuts": 1, "empty": 1, "other": 1},
	},
	"/reset": {
		usernames: true, steps: append(again("/reset", url.Values{}), prying{path: "/reset"}),
		mails: map[string]int{"known": 2, "waits": 2, "empty": 2},
	},
	"/reset/code": {
		usernames: true, steps: append(again("/reset", url.Values{}), wrongCode("/reset/code")...),
		mails: map[string]int{"known": 2, "waits": 2, "empty": 2},
	},
	"/recover-username": {steps: again("/recover-username", url.Values{}), mails: map[string]int{"known": 2, "empty": 2}},
	"/login/email": {
		usernames: true, mails: map[string]int{"known": 3, "waits": 3, "shuts": 3, "empty": 3},
		steps: append(
			again("/login/email", url.Values{}),
			prying{path: "/login/wait"}, prying{path: "/login/wait", form: anything, unnamed: true}, prying{path: "/login/wait", form: url.Values{"asked": {"1"}}, unnamed: true},
			prying{path: "/login/code", form: url.Values{"code": {"12345678"}}, unnamed: true},
			prying{path: "/login/code", form: url.Values{"code": {"12345678"}}, unnamed: true},
			prying{path: "/login/email", form: anything, unnamed: true, after: 5 * time.Minute},
		),
	},
	"/change-email": {by: aMember, steps: claims("/change-email"), mails: map[string]int{"known": 2, "waits": 2, "shuts": 2, "empty": 2, "other": 2}},
	"/addresses":    {by: aMember, steps: claims("/addresses"), mails: map[string]int{"known": 2, "waits": 2, "shuts": 2, "empty": 2, "other": 2}},

	"/invite": {by: aMember, steps: append(again("/invite", url.Values{}), prying{path: "/invite"}), mails: map[string]int{"known": 2, "waits": 2, "shuts": 2, "empty": 2, "other": 2}},

	"/change-username":    {apart: "TestChangeUsernameRefused"}, // a username is there to be seen by others
	"/addresses/:id/code": {apart: "TestAddressesOfOthers"},     // of the form for codes, it leaves out the name
}

func claims(path string) []prying {
	steps := append([]prying{{path: path, form: url.Values{"password": {"wrong"}}}}, again(path, url.Values{"password": {apptest.Password}})...)
	return append(steps, prying{path: path})
}

func asker(i int) string { return fmt.Sprintf("asks%02d@example.com", i) }

func aMember(s *apptest.Site, i int) *apptest.Browser {
	return s.As(s.User(apptest.Person{Email: asker(i)}))
}

// asked is a site with every form that takes a name, each with the limits that it has for one account.
func asked() app.Config {
	network := app.Quota{Most: 1e6, Within: time.Hour}
	limit, often := app.Limit{PerNetwork: network}, app.Limit{PerNetwork: network, PerAccount: app.Delay{Free: 1e6, Within: time.Hour}}
	return app.Config{Features: []app.Feature{
		app.Login{Limit: limit, By: app.Email | app.Username},
		app.Logout{},
		app.Register{Limit: limit, Username: app.Optional},
		app.Account{},
		app.Confirm{Limit: limit, Tries: limit},
		app.Recover{Limit: limit, Tries: limit},
		app.RecoverUsername{Limit: limit},
		app.MagicLink{By: app.Email | app.Username, Limit: limit, Tries: network},
		app.ChangeEmail{Limit: limit, Tries: often},
		app.Addresses{Most: 100},
		app.ChangeUsername{Limit: often},
		app.Invite{Limit: limit},
	}}
}

// Of an account that is there, that is not, that waits to be confirmed, that is closed and that has
// no password, and of names that nobody can have, every form says the same: status, headers, page,
// cookies; and each leaves the same in the database.
func TestNamesAnsweredAlike(t *testing.T) {
	t.Parallel()
	for path, a := range askings {
		if a.apart != "" {
			continue
		}
		t.Run(strings.ReplaceAll(path, "/", " "), func(t *testing.T) {
			tell(t, asked(), func(t *testing.T, s *apptest.Site) {
				s.User(apptest.Person{Email: "known@example.com", Username: "known"})
				s.User(apptest.Person{Email: "waits@example.com", Unconfirmed: true})
				s.User(apptest.Person{Email: "shuts@example.com", Disabled: true, Username: "shuts"})
				s.User(apptest.Person{Email: "empty@example.com", NoPassword: true})
				s.User(apptest.Person{Username: "nomail"})
				s.Clock.Advance(time.Hour)
				names := []string{"other@example.com", "known@example.com", "waits@example.com", "shuts@example.com", "empty@example.com"}
				a.pry(t, s, 0, names, "%s")
				for _, name := range names {
					n := 0
					for _, m := range s.Mails() {
						if m.To == name {
							n++
						}
					}
					if kind, _, _ := strings.Cut(name, "@"); n != a.mails[kind] {
						t.Errorf("%d mails to %s, not %d", n, name, a.mails[kind])
					}
				}
				if a.usernames {
					a.pry(t, s, 20, []string{"nobody", "known", "shuts", "nomail", "other.one", "ada@", "@", "a b c", strings.Repeat("x", 254)}, "%s")
				}
				once := a
				once.steps = a.steps[:1]
				for i, spoilt := range []string{"\x00%s", "%s,eve@example.com", "%s\r\nBcc: eve@example.com", "%s" + strings.Repeat("x", 300), "<%s>", "@%s"} {
					once.pry(t, s, 30+10*i, names[:3], spoilt)
				}
				for _, m := range s.Mails() {
					if strings.ContainsAny(m.To, ",<>\r\n") || strings.HasPrefix(m.To, "eve") {
						t.Errorf("a mail went to %q", m.To)
					}
				}
			})
		})
	}
}

// pry does the same for every name, in one spelling, and demands the same each time.
func (a asking) pry(t *testing.T, s *apptest.Site, from int, names []string, spelt string) {
	t.Helper()
	var browsers []*apptest.Browser
	for i := range names {
		b := s.Browser()
		if a.by != nil {
			b = a.by(s, from+i)
		}
		b.Send(apptest.Request{Path: a.steps[0].path, Header: headers(s.Transport)}) // a visitor cookie, so that none is set
		browsers = append(browsers, b)
	}
	for _, step := range a.steps {
		s.Mails() // or else time would pass for one that is being sent, which would be sent again
		s.Clock.Advance(step.after)
		var first, left string
		for i, name := range names {
			request := apptest.Request{Path: step.path, Header: headers(s.Transport)}
			if step.form != nil {
				form := maps.Clone(step.form)
				if !step.unnamed {
					form.Set("email", fmt.Sprintf(spelt, name))
				}
				request.Body = encode(s.Transport, form)
			}
			before := rows(t, s)
			answer := mask(browsers[i].Send(request), name)
			answer = numbers.ReplaceAllString(ids.ReplaceAllString(strings.ReplaceAll(answer, asker(from+i), "ASKS"), "ID"), "NUMBER")
			after := rows(t, s)
			for table := range after {
				after[table] -= before[table]
			}
			traces := fmt.Sprint(after)
			if i == 0 {
				first, left = answer, traces
				continue
			}
			if answer != first {
				t.Errorf("%s, spelt %.30q: %q is answered unlike %q:\n%s", step.path, spelt, name, names[0], difference(answer, first))
			}
			if traces != left {
				t.Errorf("%s: %q leaves %s, %q leaves %s", step.path, name, traces, names[0], left)
			}
		}
	}
}
