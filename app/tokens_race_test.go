package app_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// Each link, and each code, thirty-two times at once, by whoever may use it, at two instances of the
// site: it does what it is for once, nobody hears of a fault, and nobody waits for ever.
func TestMailedSecretsAtOnce(t *testing.T) {
	t.Parallel()
	for purpose, m := range mailings {
		t.Run(purpose+"/link", func(t *testing.T) {
			tellTwo(t, mailer(), func(t *testing.T, two pair) {
				p := mailAll(t, two.one, nil)
				p.race(two, purpose, m.link+p.secret(purpose), m.form)
			}, apptest.Plain)
		})
		if m.code == nil || m.did == app.PasswordRecovered { // whose code is worth a link, however often it is typed
			continue
		}
		t.Run(purpose+"/code", func(t *testing.T) {
			tellTwo(t, mailer(), func(t *testing.T, two pair) {
				p := mailAll(t, two.one, nil)
				path, form := m.code(p)
				form.Set("code", p.letters[purpose].Code())
				p.race(two, purpose, path, form)
			}, apptest.Plain)
		})
	}
}

// race posts a form from many browsers at once, half of them at the other instance, and demands that
// one of them has done what it is for.
func (p *mailbag) race(two pair, purpose, path string, form url.Values) {
	p.t.Helper()
	m := mailings[purpose]
	browsers := make([]*apptest.Browser, 32)
	for i := range browsers {
		if browsers[i] = m.by(p); browsers[i] == p.waiting {
			browsers[i] = p.s.Browser().SetCookie("pending", p.waiting.Cookie("pending")).SetCookie("visitor", p.waiting.Cookie("visitor"))
		}
		browsers[i].Via([]*apptest.Site{two.one, two.two}[i%2])
	}
	events, mails := p.events(m.did), len(p.s.Mails())
	for _, answer := range rush(browsers, func(int) apptest.Request {
		return apptest.Request{Method: http.MethodPost, Path: path, Header: headers(apptest.Plain), Body: form.Encode()}
	}) {
		if answer.Status >= 500 {
			p.t.Errorf("answered by %d: %.300s", answer.Status, answer.Body)
		}
	}
	if events, mails = p.events(m.did)-events, len(p.s.Mails())-mails; events != 1 || mails != m.tells {
		p.t.Errorf("%s happened %d times, and was told by %d mails, not by %d", m.did, events, mails, m.tells)
	}
}

// events is how often something has happened.
func (p *mailbag) events(name app.EventName) int {
	p.t.Helper()
	n, err := p.s.DB.NewSelect().Model((*db.AuditRow)(nil)).Where("event = ?", string(name)).Count(p.t.Context())
	must(p.t, err)
	return int(n)
}
