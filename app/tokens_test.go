package app_test

import (
	"fmt"
	"go/ast"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// A posted is one kind of secret that is mailed: how it is asked for, who may use it, and where.
type posted struct {
	ttl time.Duration
	ask func(p *mailbag) apptest.Letter
	// by is a browser that may use it, and link where its link is posted to, with what.
	by   func(p *mailbag) *apptest.Browser
	link string
	form url.Values
	// code is where its code is typed; nil if it has none.
	code func(p *mailbag) (path string, form url.Values)
	// did is what happens once it is used, and tells how many mails tell of it.
	did   app.EventName
	tells int
	// once is of what cannot be asked for again.
	once bool
	// outlives is what it is still good after.
	outlives []string
}

// before is the address that the account of a [mailbag] had, and its owner can take back.
const before = "ada.before@example.com"

// mailings is every purpose of a token that is mailed. A new one fails TestEveryMailedSecretIsListed
// until it stands here.
var mailings = map[string]posted{
	"confirm": {
		ttl: 24 * time.Hour, did: app.EmailConfirmed, tells: 1, link: "/confirm/", form: url.Values{"x": {"y"}}, outlives: []string{"password"},
		ask:  func(p *mailbag) apptest.Letter { return p.asks(p.s.Browser(), "/confirm", ada, url.Values{}) },
		by:   (*mailbag).anybody,
		code: func(*mailbag) (string, url.Values) { return "/confirm/code", url.Values{"email": {ada}} },
	},
	"recover": {
		ttl: 20 * time.Minute, did: app.PasswordRecovered, tells: 1, link: "/reset/", form: url.Values{"password": {better}},
		ask:  func(p *mailbag) apptest.Letter { return p.asks(p.s.Browser(), "/reset", ada, url.Values{}) },
		by:   (*mailbag).anybody,
		code: func(*mailbag) (string, url.Values) { return "/reset/code", url.Values{"email": {ada}} },
	},
	"sign-in by mail": {
		ttl: 10 * time.Minute, did: app.SignedIn, tells: 1, link: "/login/", form: url.Values{"x": {"y"}},
		ask:  func(p *mailbag) apptest.Letter { return p.asks(p.waiting, "/login/email", ada, url.Values{}) },
		by:   func(p *mailbag) *apptest.Browser { return p.waiting },
		code: func(*mailbag) (string, url.Values) { return "/login/code", url.Values{} },
	},
	"address": {
		ttl: time.Hour, did: app.EmailChanged, tells: 2, link: "/change-email/", form: url.Values{"x": {"y"}},
		ask: func(p *mailbag) apptest.Letter {
			return p.asks(p.member(), "/change-email", fresh, url.Values{"password": {apptest.Password}})
		},
		by:   (*mailbag).member,
		code: func(p *mailbag) (string, url.Values) { return p.page + "/code", url.Values{} },
	},
	// It is no affair of the account, but of whoever invites and of whoever accepts.
	"invite": {
		ttl: 7 * 24 * time.Hour, did: app.InvitationAccepted, tells: 1, link: "/invitation/", form: url.Values{"x": {"y"}}, outlives: []string{"password", "address", "closed"},
		ask: func(p *mailbag) apptest.Letter {
			return p.asks(p.s.As(p.inviter), "/invite", "guest@example.com", url.Values{})
		},
		by: func(p *mailbag) *apptest.Browser { return p.as(p.guest, p.open["guest"]) },
	},
	"address undo": {
		ttl: 7 * 24 * time.Hour, did: app.EmailRestored, tells: 2, link: "/change-email/undo/", form: url.Values{"x": {"y"}}, once: true, outlives: []string{"password", "address", "closed"},
		ask: func(p *mailbag) apptest.Letter { return move(p.t, p.s, p.s.As(p.user), before, ada) },
		by:  (*mailbag).anybody,
	},
}

// A mailbag is an account to which every kind of secret has been mailed, none of them used.
type mailbag struct {
	t       *testing.T
	s       *apptest.Site
	user    *db.User
	inviter *db.User
	guest   *db.User                    // who is invited
	waiting *apptest.Browser            // for a sign-in by mail
	open    map[string]*apptest.Browser // signed in when the mails were asked for
	page    string                      // of the address that is asked for
	letters map[string]apptest.Letter
	// look is done while a mail is on its way.
	look func()
}

// mailer is a site with everything that mails secrets.
func mailer() app.Config {
	config := recovering(app.Recover{}, app.ChangeEmail{})
	patience := config.Features[0].(app.Login).Limit
	config.Features[5] = app.ChangeEmail{Limit: patience, Tries: patience}
	config.Features = append(config.Features,
		app.Confirm{SignInUnconfirmed: true, Limit: patience, Tries: patience}, app.MagicLink{Limit: patience, Tries: patience.PerNetwork}, app.Invite{Limit: patience})
	return config
}

// mailAll mails every kind of secret to one account. It had another address, and the one that it has
// is one that nobody has confirmed.
func mailAll(t *testing.T, s *apptest.Site, look func()) *mailbag {
	t.Helper()
	p := &mailbag{t: t, s: s, waiting: s.Browser(), letters: map[string]apptest.Letter{}, look: look}
	p.user = s.User(apptest.Person{Email: before})
	p.inviter, p.guest = s.User(apptest.Person{Email: "inviter@example.com"}), s.User(apptest.Person{Email: "guest@example.com"})
	p.letters["address undo"] = mailings["address undo"].ask(p)
	run(t, s, "UPDATE addresses SET confirmed_at = NULL WHERE address_key = ?", ada)
	for purpose, m := range mailings {
		if !m.once {
			p.letters[purpose] = m.ask(p)
		}
	}
	p.open = map[string]*apptest.Browser{"user": p.member(), "guest": s.As(p.guest)}
	p.page = "/addresses/" + addressOf(t, s, p.user, fresh).ID.String()
	return p
}

// asks posts the form that has a secret mailed, and is the mail.
func (p *mailbag) asks(b *apptest.Browser, path, email string, form url.Values) apptest.Letter {
	p.t.Helper()
	form.Set("email", email)
	answer := b.Send(apptest.Request{Path: path, Header: headers(p.s.Transport), Body: encode(p.s.Transport, form)})
	if answer.Status >= 400 {
		p.t.Fatalf("%s: %d %s", path, answer.Status, answer.Body)
	}
	if p.look != nil {
		p.look()
	}
	return p.s.Mail(email)
}

func (p *mailbag) anybody() *apptest.Browser { return p.s.Browser() }

func (p *mailbag) member() *apptest.Browser { return p.as(p.user, p.open["user"]) }

// as is a browser in which an account is signed in, as it is now; if that cannot be, as it was.
func (p *mailbag) as(user *db.User, was *apptest.Browser) *apptest.Browser {
	p.t.Helper()
	now := new(db.User)
	if err := db.LoadUser(p.t.Context(), p.s.DB, now, user.ID); err != nil || !now.Active() {
		return was
	}
	return p.s.As(now)
}

// secret is what a link is made of.
func (p *mailbag) secret(purpose string) string {
	p.t.Helper()
	link, err := url.Parse(p.letters[purpose].Link())
	must(p.t, err)
	secret, found := strings.CutPrefix(link.Path, mailings[purpose].link)
	if !found || len(secret) < 43 {
		p.t.Errorf("the link of %s is %s", purpose, link)
	}
	return secret
}

// follow posts a secret where the links of a purpose go, and reports whether anything came of it.
func (p *mailbag) follow(purpose, secret string) (did bool) {
	p.t.Helper()
	m := mailings[purpose]
	return p.posts(m.by(p), m.link+secret, m.form)
}

// types sends a code where the codes of a purpose go, and reports whether anything came of it.
func (p *mailbag) types(purpose, code string) (did bool) {
	p.t.Helper()
	m := mailings[purpose]
	path, form := m.code(p)
	form.Set("code", code)
	return p.posts(m.by(p), path, form)
}

// posts demands that a request does something and is answered so, or neither.
func (p *mailbag) posts(b *apptest.Browser, path string, form url.Values) (did bool) {
	p.t.Helper()
	was := p.stands()
	answer := b.Send(apptest.Request{Method: http.MethodPost, Path: path, Header: headers(p.s.Transport), Body: encode(p.s.Transport, form)})
	did = p.stands() != was
	turned := answer.Status == http.StatusSeeOther || answer.Header.Get("HX-Redirect") != "" // to sign in
	if answer.Status >= 500 || did && answer.Status >= 400 || !did && answer.Status < 400 && !turned {
		p.t.Errorf("POST %.80s is answered by %d; something came of it: %v", path, answer.Status, did)
	}
	return did
}

// stands is all that a mailed secret could change.
func (p *mailbag) stands() string {
	p.t.Helper()
	var users []db.User
	must(p.t, p.s.DB.NewSelect().Model(&users).Column("id", "password_hash", "auth_version", "disabled_at").Scan(p.t.Context()))
	var addresses []db.Address
	must(p.t, p.s.DB.NewSelect().Model(&addresses).Order("address_key").Scan(p.t.Context()))
	var tokens []db.Token
	must(p.t, p.s.DB.NewSelect().Model(&tokens).Column("hash", "expires_at", "used_at").Order("id").Scan(p.t.Context()))
	live, err := p.s.DB.NewSelect().Model((*db.Session)(nil)).Where("revoked_at IS NULL").Count(p.t.Context())
	must(p.t, err)
	return fmt.Sprintf("%+v\n%+v\n%+v\n%d sessions", users, addresses, tokens, live)
}

// Whoever mails another kind of secret says here how it is asked for, and it is held against all
// that is demanded of the others.
func TestEveryMailedSecretIsListed(t *testing.T) {
	t.Parallel()
	values := map[string]string{} // by constant
	for _, file := range sourcesOf(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
				for i, name := range spec.Names {
					if text, ok := spec.Values[i].(*ast.BasicLit); ok {
						values[name.Name], _ = strconv.Unquote(text.Value)
					}
				}
			}
			return true
		})
	}
	found := map[string]bool{}
	inFunctions(t, func(function string, n ast.Node) {
		pair, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return
		}
		if key, ok := pair.Key.(*ast.Ident); !ok || key.Name != "Purpose" {
			return
		}
		name, ok := pair.Value.(*ast.Ident)
		if !ok || values[name.Name] == "" {
			t.Errorf("%s mails a secret for a purpose that is no constant", function)
			return
		}
		found[values[name.Name]] = true
	})
	if got, want := slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(mailings)); !slices.Equal(got, want) {
		t.Errorf("secrets are mailed for %q, and these tests know %q: say how the new one is asked for and used", got, want)
	}
}

// No link and no code is good for anything but what it was mailed for, nor is any that came near to
// being one (CVE-2019-16109, CVE-2026-28268).
func TestMailedSecretsServeOnePurpose(t *testing.T) {
	tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
		p := mailAll(t, s, nil)
		seen := map[string]bool{}
		for purpose := range mailings {
			if secret := p.secret(purpose); seen[secret] {
				t.Errorf("%s has a link that there is already", purpose)
			} else {
				seen[secret] = true
			}
			for other, m := range mailings {
				if other == purpose {
					continue
				}
				if p.follow(other, p.secret(purpose)) {
					t.Errorf("the link of %s does what that of %s does", purpose, other)
				}
				if mailings[purpose].code != nil && m.code != nil && p.types(other, p.letters[purpose].Code()) {
					t.Errorf("the code of %s does what that of %s does", purpose, other)
				}
			}
		}
	})
}
