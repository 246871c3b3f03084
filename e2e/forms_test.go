package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A human is what a host asks for at signing in: to type, to tick, and what a script of its own fills in.
type human struct {
	Answer string `form:"answer,required,max=20,label=What is three and four?"`
	Person bool   `form:"person,required,label=I am a person"`
	Token  string `form:"token,kind=own"`
}

// Fields of the host's look, read and behave as the kit's own do, and what is wrong with them is said
// where they stand.
func TestFormThatAsksMore(t *testing.T) {
	t.Parallel()
	shots := os.Getenv("SHOTS")
	for language, direction := range map[string]string{"en": "ltr", "fa": "rtl"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, func(c *app.Config) {
				c.Forms = map[string]app.Form{"login": app.Asks(func(_ context.Context, in *human) error {
					if in.Answer != "seven" {
						return &app.FieldError{Field: "token", Say: locales.Message{Code: "human.token", English: "That could not be checked. Try again."}}
					}
					return nil
				})}
			})
			p := open(t, s).speak(language).prefer("reduced-motion", "reduce").as("ada@example.com").visit("/logout").press(submit).at("/")
			p.visit("/login")
			look := func(name string) {
				t.Helper()
				p.sound()
				must(t, chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](axe)))
				for _, width := range []int64{390, 1280} {
					p.width(width)
					p.fits(width)
					for _, scheme := range []string{"light", "dark"} {
						p.prefer("color-scheme", scheme, "reduced-motion", "reduce").accessible(scheme + " " + strconv.Itoa(int(width)))
						if shots != "" {
							p.shoot(filepath.Join(shots, name+"-"+language+"-"+strconv.Itoa(int(width))+"-"+scheme+".png"), width)
						}
					}
				}
			}
			if got := value[string](p, `() => getComputedStyle(document.body).direction`); got != direction {
				t.Errorf("the page runs %s", got)
			}
			look("asks-more")
			p.fill("email", "ada@example.com").fill("password", secret).press(submit).wrong("answer", "person")
			look("asks-more-empty")
			p.fill("password", secret).fill("answer", "eight").press("input[name=person]").press(submit)
			p.until("what is wrong with the host's own part", `() => !!document.querySelector('#login-token-error') && !!document.querySelector('[role=alert] a[href="#login-token"]')`)
			look("asks-more-own")
			p.fill("password", secret).fill("answer", "seven").press(submit).at("/")
		})
	}
}
