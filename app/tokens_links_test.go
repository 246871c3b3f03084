package app_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// Whatever follows a link before its reader does, from elsewhere or in the reader's own browser,
// spends nothing and confirms nothing.
func TestMailedLinksPrefetched(t *testing.T) {
	tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
		p := mailAll(t, s, nil)
		for purpose, m := range mailings {
			visitors := []*apptest.Browser{p.anybody(), m.by(p)}
			was := p.stands() + fmt.Sprint(rows(t, s))
			for range 5 {
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					for _, b := range visitors {
						answer := b.Send(apptest.Request{Method: method, Path: m.link + p.secret(purpose), Header: map[string]string{
							"Accept": "text/html", "User-Agent": "Scanner", "Sec-Purpose": "prefetch", "X-Forwarded-For": "203.0.113.7",
						}})
						if answer.Status >= 400 {
							t.Errorf("%s of the link of %s is answered by %d", method, purpose, answer.Status)
						}
					}
				}
			}
			if now := p.stands() + fmt.Sprint(rows(t, s)); now != was {
				t.Errorf("a scanner that follows the link of %s leaves\n%s\nwhere there was\n%s", purpose, now, was)
			}
		}
	}, apptest.Plain)
}

// What mail programs, quoting and hands make of a link is understood: it shows what the link shows,
// and does what it does.
func TestMailedLinksMangled(t *testing.T) {
	t.Parallel()
	for purpose, m := range mailings {
		t.Run(purpose, func(t *testing.T) {
			tellOnce(t, mailer(), func(t *testing.T, s *apptest.Site) {
				p := mailAll(t, s, nil)
				secret := p.secret(purpose)
				broken := secret[:20] + "=%0D%0A" + secret[20:]
				for _, mangled := range []string{secret + ".", secret + "%3E", secret + "=3D", secret + ")", secret + "%20", secret + "/", broken} {
					answer := m.by(p).Send(apptest.Request{Path: m.link + mangled, Header: map[string]string{"Accept": "text/html"}})
					if answer.Status != http.StatusOK {
						t.Errorf("%s is answered by %d", mangled, answer.Status)
					}
				}
				if !p.follow(purpose, broken) {
					t.Errorf("%s does nothing", broken)
				}
			}, plainly...)
		})
	}
}
