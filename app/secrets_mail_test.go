package app_test

import (
	"net/url"
	"strings"

	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// byMail signs in by what was mailed, after everything that goes wrong with it.
func (w *walk) byMail(b *apptest.Browser, email string) {
	w.t.Helper()
	header := headers(w.s.Transport)
	w.send(b, apptest.Request{Path: "/login/email", Header: header, Body: encode(w.s.Transport, url.Values{"email": {email}})})
	letter := w.s.Mail(email)
	link, err := url.Parse(letter.Link())
	must(w.t, err)
	w.mailed = append(w.mailed, strings.TrimPrefix(link.Path, "/login/"), letter.Code(), strings.ReplaceAll(letter.Code(), " ", ""))
	for _, by := range []*apptest.Browser{b, w.s.Browser()} {
		w.send(by, apptest.Request{Path: link.Path, Header: header})
		w.send(by, apptest.Request{Path: "/login/wait", Header: header})
		w.send(by, apptest.Request{Path: "/login/code", Header: header, Body: encode(w.s.Transport, url.Values{"code": {"1"}})})
	}
	w.send(w.s.Browser(), apptest.Request{Path: link.Path, Header: header, Body: encode(w.s.Transport, url.Values{"number": {""}})})
	for range 2 {
		w.send(b, apptest.Request{Path: "/login/code", Header: header, Body: encode(w.s.Transport, url.Values{"code": {letter.Code()}})})
	}
	w.send(w.s.Browser(), apptest.Request{Path: link.Path, Header: header})
}
