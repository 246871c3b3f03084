package app_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A form that was left open longer than the session is taken, from this site alone.
func TestRememberPost(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		s.Clock.Advance(time.Hour)
		for from, header := range map[string]map[string]string{
			"another site":     headers(s.Transport, "Sec-Fetch-Site", "cross-site"),
			"another host":     headers(s.Transport, "Sec-Fetch-Site", "same-site"),
			"another origin":   headers(s.Transport, "Sec-Fetch-Site", "", "Origin", "https://evil.example"),
			"no token":         headers(s.Transport, "Sec-Fetch-Site", ""),
			"a wrong token":    headers(s.Transport, "Sec-Fetch-Site", "", "X-CSRF-Token", "AAAA"),
			"the cookie alone": headers(s.Transport, "Sec-Fetch-Site", "", "X-CSRF-Token", b.Cookie("remember")),
		} {
			if answer := b.Send(apptest.Request{Method: http.MethodPost, Path: "/orders", Header: header}); answer.Status != http.StatusForbidden {
				t.Errorf("%s: %d %.100s", from, answer.Status, answer.Body)
			}
			b.SetCookie("session", "")
		}
		s.Clock.Advance(time.Hour)
		answer := b.SetCookie("session", "").Send(apptest.Request{Method: http.MethodPost, Path: "/orders", Header: headers(s.Transport)})
		if answer.Status != http.StatusOK || answer.Body != "done" {
			t.Errorf("%d %.200s", answer.Status, answer.Body)
		}
		b.SignedIn(ada)
		// A browser that says nothing of where it comes from stands on its token.
		s.Clock.Advance(time.Hour)
		token := tokenOf(t, b)
		answer = b.SetCookie("session", "").Send(apptest.Request{
			Method: http.MethodPost, Path: "/orders", Header: headers(s.Transport, "Sec-Fetch-Site", "", "X-CSRF-Token", token),
		})
		if answer.Status != http.StatusOK {
			t.Errorf("%d %.200s", answer.Status, answer.Body)
		}
	})
}

// HEAD is answered as GET is, and costs a device nothing.
func TestRememberHead(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		for _, path := range []string{"/orders", "/account"} {
			s.Clock.Advance(time.Hour)
			answer := b.SetCookie("session", "").Send(apptest.Request{Method: http.MethodHead, Path: path, Header: headers(s.Transport)})
			if answer.Status != http.StatusOK || answer.Body != "" {
				t.Errorf("%s: %d %q", path, answer.Status, answer.Body)
			}
		}
		s.Clock.Advance(time.Hour)
		b.SetCookie("session", "").SignedIn(ada)
		if len(s.Mails()) != 0 {
			t.Error("a mail")
		}
	}, apptest.Plain, apptest.JSON)
}

// Files are the same for everyone: they are kept by caches, cookies and all.
func TestRememberFiles(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		before, token := fmt.Sprint(rows(t, s), families(t, s)), b.Cookie("remember")
		file := s.Browser().Visit("/login").Page().Find(`link[rel="stylesheet"]`).AttrOr("href", "")
		s.Clock.Advance(time.Hour)
		answer := b.Send(apptest.Request{Path: file, Header: headers(apptest.Plain)})
		if answer.Status != http.StatusOK || len(answer.Body) < 1000 || len(answer.Header.Values("Set-Cookie")) != 0 {
			t.Errorf("%s: %d with %q", file, answer.Status, answer.Header.Values("Set-Cookie"))
		}
		answer = b.Send(apptest.Request{Path: file, Header: headers(apptest.Plain, "If-None-Match", answer.Header.Get("ETag"))})
		if answer.Status != http.StatusNotModified || len(answer.Header.Values("Set-Cookie")) != 0 {
			t.Errorf("%s: %d with %q", file, answer.Status, answer.Header.Values("Set-Cookie"))
		}
		if after := fmt.Sprint(rows(t, s), families(t, s)); after != before || b.Cookie("remember") != token {
			t.Errorf("%s has become %s", before, after)
		}
		s.Happened()
	}, apptest.Plain)
}

// A database that is gone for a moment signs nobody out.
func TestRememberDatabaseGone(t *testing.T) {
	t.Parallel()
	for _, transport := range anyway {
		t.Run("postgres/"+string(transport), func(t *testing.T) {
			t.Parallel()
			address, down, up := wire(t, dbtest.PostgresURL(t))
			conn, err := db.Open(address)
			must(t, err)
			t.Cleanup(func() { _ = conn.Close() })
			s := host(app.Config{}).Start(t, conn, transport)
			s.Logged()
			s.User(apptest.Person{Email: ada})
			b := remembered(s, ada)
			s.Clock.Advance(time.Hour)
			token := b.Cookie("remember")
			down()
			for _, path := range []string{"/orders", "/account", "/login"} {
				unavailable(t, s, b.Send(apptest.Request{Path: path, Header: headers(transport)}))
			}
			if b.Cookie("remember") != token || b.Cookie("session") != "" {
				t.Error("the cookies have changed")
			}
			up()
			for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
				if b.Send(apptest.Request{Path: "/orders", Header: headers(transport)}).Status == http.StatusOK {
					break
				}
			}
			b.SignedIn(ada)
		})
		t.Run("sqlite/"+string(transport), func(t *testing.T) {
			t.Parallel()
			conn := dbtest.SQLite(t)
			conn.SetMaxOpenConns(1)
			s := host(app.Config{}).Start(t, conn, transport)
			s.Logged()
			s.User(apptest.Person{Email: ada})
			b := remembered(s, ada)
			s.Clock.Advance(time.Hour)
			token := b.Cookie("remember")
			run(t, s, "PRAGMA query_only = 1")
			unavailable(t, s, b.Send(apptest.Request{Path: "/orders", Header: headers(transport)}))
			if b.Cookie("remember") != token || b.Cookie("session") != "" {
				t.Error("the cookies have changed")
			}
			run(t, s, "PRAGMA query_only = 0")
			b.SignedIn(ada)
			s.Happened(app.SessionRestored)
		})
	}
}

// A database that hangs is waited for no longer on a page of the host's than on one of the kit's.
func TestRememberDatabaseHangs(t *testing.T) {
	t.Parallel()
	s := host(app.Config{}).Start(t, dbtest.Postgres(t), apptest.Plain)
	s.Logged()
	s.User(apptest.Person{Email: ada})
	b := remembered(s, ada)
	answered := make(chan apptest.Answer, 1)
	must(t, db.InTx(t.Context(), s.DB, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("LOCK TABLE remember_families IN ACCESS EXCLUSIVE MODE").Exec(ctx); err != nil {
			return err
		}
		go func() { answered <- b.Send(apptest.Request{Path: "/orders", Header: headers(apptest.Plain)}) }()
		select {
		case answer := <-answered:
			answered <- answer
		case <-time.After(12 * time.Second):
			t.Error("the page is still waited for after 12 seconds")
		}
		return nil
	}))
	unavailable(t, s, <-answered)
}
