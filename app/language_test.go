package app_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// A language chosen by hand is kept for the pages that follow, and one that is not offered is not.
func TestLanguageIsKept(t *testing.T) {
	t.Parallel()
	apptest.Run(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.Browser()
		b.Visit("/login?lang=fa").Sees("ورود")
		b.Visit("/register").Sees("گذرواژه")
		b.Visit("/login?lang=en").Sees("Password")
		b.Visit("/login?lang=tlh").Sees("Password")
		if kept := b.Cookie("language"); kept != "en" {
			t.Errorf("the language kept is %q", kept)
		}
	}, apptest.Plain)
}
