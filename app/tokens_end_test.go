package app_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// Each link and each code does what it is for to the last moment, whatever was tried before, and
// once.
func TestMailedSecretsAreGoodOnce(t *testing.T) {
	t.Parallel()
	for purpose, m := range mailings {
		t.Run(purpose+"/link", func(t *testing.T) {
			tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
				p := mailAll(t, s, nil)
				secret := p.secret(purpose)
				flipped := strings.Map(func(r rune) rune {
					if strings.ToUpper(string(r)) != string(r) {
						return []rune(strings.ToUpper(string(r)))[0]
					}
					return []rune(strings.ToLower(string(r)))[0]
				}, secret)
				for _, wrong := range []string{secret[1:], secret[:len(secret)-1], "A" + secret, flipped, secret[:20], "x", "%00", "%20", strings.Repeat("A", 43), strings.Repeat("A", 3000), p.user.ID.String()} {
					if p.follow(purpose, wrong) {
						t.Errorf("%.80s does what the link does, which is %s", wrong, secret)
					}
				}
				s.Clock.Advance(m.ttl - time.Second)
				if !p.follow(purpose, secret) {
					t.Error("the link does nothing")
				}
				s.Clock.Advance(40 * time.Second) // later than a form that is sent twice
				if p.follow(purpose, secret) {
					t.Error("the link does it again")
				}
				if m.code != nil && p.types(purpose, p.letters[purpose].Code()) {
					t.Error("the code does it again")
				}
			}, apptest.Plain)
		})
		if m.code == nil {
			continue
		}
		t.Run(purpose+"/code", func(t *testing.T) {
			tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
				p := mailAll(t, s, nil)
				code := p.letters[purpose].Code()
				for _, wrong := range []string{"", code[1:], code + "0", "00000000"} {
					if p.types(purpose, wrong) {
						t.Errorf("%q does what the code does, which is %s", wrong, code)
					}
				}
				s.Clock.Advance(m.ttl - time.Second)
				if !p.types(purpose, code) {
					t.Error("the code does nothing")
				}
				s.Clock.Advance(40 * time.Second)
				if p.types(purpose, code) {
					t.Error("the code does it again")
				}
				if p.follow(purpose, p.secret(purpose)) {
					t.Error("the link does it again")
				}
			}, apptest.Plain)
		})
	}
}

// refused demands that neither link nor code of a mail does anything any more.
func (p *mailbag) refused(why, purpose string, letter apptest.Letter) {
	p.t.Helper()
	link, err := url.Parse(letter.Link())
	must(p.t, err)
	if p.follow(purpose, strings.TrimPrefix(link.Path, mailings[purpose].link)) {
		p.t.Errorf("the link of %s is still good, though %s", purpose, why)
	}
	if mailings[purpose].code != nil && p.types(purpose, letter.Code()) {
		p.t.Errorf("the code of %s is still good, though %s", purpose, why)
	}
}

// Each lives as long as is written down, by the clock of the site.
func TestMailedSecretsExpire(t *testing.T) {
	tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
		p := mailAll(t, s, nil)
		past := time.Duration(0)
		for _, purpose := range slices.SortedFunc(maps.Keys(mailings), func(a, b string) int { return int(mailings[a].ttl - mailings[b].ttl) }) {
			s.Clock.Advance(mailings[purpose].ttl - past)
			past = mailings[purpose].ttl
			p.refused("its time is over", purpose, p.letters[purpose])
		}
	}, apptest.Plain)
}

// Whoever asks again makes what was mailed before worth nothing.
func TestMailedSecretsAreReplaced(t *testing.T) {
	tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
		p := mailAll(t, s, nil)
		old := maps.Clone(p.letters)
		s.Clock.Advance(time.Minute)
		for purpose, m := range mailings {
			if m.once {
				continue
			}
			p.letters[purpose] = m.ask(p)
			if p.letters[purpose].Link() == old[purpose].Link() {
				t.Fatalf("nothing new was mailed for %s", purpose)
			}
			p.refused("a newer one was mailed", purpose, old[purpose])
		}
	}, apptest.Plain)
}

// ends is what happens to an account that mailed secrets do not outlive, or do.
var ends = map[string]func(p *mailbag){
	"password": func(p *mailbag) { must(p.t, p.s.App.SetPassword(p.t.Context(), stored(p.t, p.s, p.user), better)) },
	"address": func(p *mailbag) {
		if !p.follow("address", p.secret("address")) {
			p.t.Error("the address is not changed")
		}
	},
	"closed":  func(p *mailbag) { must(p.t, p.s.App.CloseAccount(p.t.Context(), stored(p.t, p.s, p.user))) },
	"deleted": func(p *mailbag) { run(p.t, p.s, "DELETE FROM users") },
}

// What becomes of an account ends what was mailed to it before, but for what is meant to outlive
// it: a confirmation another password, and the undo of a change whatever a thief does next.
func TestMailedSecretsDie(t *testing.T) {
	t.Parallel()
	for end, do := range ends {
		t.Run(end, func(t *testing.T) {
			tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
				p := mailAll(t, s, nil)
				do(p)
				s.Clock.Advance(40 * time.Second)
				for purpose, m := range mailings {
					if !slices.Contains(m.outlives, end) {
						p.refused("of the account: "+end, purpose, p.letters[purpose])
					}
				}
			}, apptest.Plain)
		})
		for purpose, m := range mailings {
			if !slices.Contains(m.outlives, end) {
				continue
			}
			t.Run(end+"/"+purpose, func(t *testing.T) {
				tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
					p := mailAll(t, s, nil)
					do(p)
					if !p.follow(purpose, p.secret(purpose)) {
						t.Error("the link does nothing any more")
					}
				}, apptest.Plain)
			})
		}
	}
}

// Neither link nor code stands anywhere but in the mail: not in the database, while it is on its
// way or later, not in the log, the audit, or what hooks are told.
func TestMailedSecretsStayInTheMail(t *testing.T) {
	tellOnce(t, mailer(), func(t *testing.T, s *apptest.Site) {
		var held strings.Builder
		p := mailAll(t, s, func() { held.WriteString(contents(t, s)) })
		var secrets []string
		for purpose, m := range mailings {
			secrets = append(secrets, p.secret(purpose))
			if m.code != nil {
				secrets = append(secrets, p.letters[purpose].Code(), strings.ReplaceAll(p.letters[purpose].Code(), " ", ""))
			}
		}
		for purpose, m := range mailings { // until one ends the others
			header := headers(s.Transport)
			m.by(p).Send(apptest.Request{Path: m.link + p.secret(purpose), Header: header, Body: encode(s.Transport, m.form)})
			if m.code != nil {
				path, form := m.code(p)
				form.Set("code", p.letters[purpose].Code())
				m.by(p).Send(apptest.Request{Path: path, Header: header, Body: encode(s.Transport, form)})
			}
		}
		held.WriteString(contents(t, s))
		w := &walk{t: t, s: s}
		w.hides("the database", held.String(), secrets)
		w.hides("the log", s.Logged(), secrets)
		for _, row := range s.Audit() {
			w.hides("the audit", fmt.Sprintf("%+v", row), secrets)
		}
	}, anyway...)
}
