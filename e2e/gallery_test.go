package e2e

import (
	"bytes"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/gatehouse-go/gatehouse/app"
)

// framed waits for the frames that are in view, and for the page to have stayed where it was: none
// of them takes the cursor or moves what is around it.
func (p *tab) framed() {
	p.t.Helper()
	p.until("the first frames", `() => [...document.querySelectorAll('iframe')].slice(0, 2).every((f) => f.contentDocument?.readyState === 'complete' && f.contentDocument.body?.childElementCount)`)
	if !value[bool](p, `() => scrollY === 0 && !(document.activeElement instanceof HTMLIFrameElement)`) {
		p.t.Errorf("a frame has moved the page, or taken the cursor: %s", p.focused())
	}
}

// inFrame asks the first frame of the gallery something about its document.
func inFrame[T any](p *tab, function string) T {
	p.t.Helper()
	return value[T](p, `() => (`+function+`)(document.querySelector('iframe').contentDocument)`)
}

// What is chosen is shown at once, stands in the address, and is undone by Back.
func TestGalleryByKeyboard(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t, everything))
	p.visit("/dev/gallery?group=error").framed()
	value[bool](p, `() => { document.querySelector('[name=theme]').focus(); return true }`)
	p.keys("d")
	p.until("the frames to be dark", `() => document.querySelector('iframe').contentDocument?.documentElement?.dataset.theme === 'dark'`)
	if got := p.path(); !strings.Contains(got, "theme=dark") || !strings.Contains(got, "group=error") {
		t.Errorf("the address is %s", got)
	}
	if got := p.focused(); got != "theme" {
		t.Errorf("the cursor is at %s", got)
	}
	if got := inFrame[string](p, `(d) => getComputedStyle(d.body).colorScheme`); got != "dark" {
		t.Errorf("the frame is drawn %s", got)
	}
	p.back()
	p.until("the frames to be as they were", `() => document.querySelector('iframe')?.contentDocument?.documentElement?.dataset.theme === undefined && location.search === '?group=error'`)
	p.keys(kb.Tab)
}

// What is pressed in a frame is sent nowhere, leads nowhere, and shows what it can show by itself.
func TestGalleryStandsStill(t *testing.T) {
	t.Parallel()
	s := newSite(t, everything)
	p := open(t, s)
	p.visit("/dev/gallery?group=login").framed()
	before := inFrame[string](p, `(d) => d.location.href`)
	inFrame[bool](p, `(d) => { d.querySelector('form button[type=submit]').click(); d.querySelector('main a').click(); return true }`)
	inFrame[bool](p, `(d) => { d.querySelector('.gh-peek__button').click(); return true }`)
	if got := inFrame[string](p, `(d) => d.querySelector('[name=password]').type`); got != "text" {
		t.Errorf("the button in the password field does nothing: the field is of the type %s", got)
	}
	if got := inFrame[string](p, `(d) => d.location.href`); strings.TrimSuffix(got, "#") != before {
		t.Errorf("the frame went from %s to %s", before, got)
	}
	if got := inFrame[int](p, `(d) => d.querySelectorAll('.htmx-request, [role=alert]').length`); got != 0 {
		t.Error("the form was sent")
	}
	if n := s.requests("POST /login"); n != 0 {
		t.Errorf("%d forms were sent", n)
	}
}

// Frames are as wide as asked for, and as tall as what they show.
func TestGalleryFrames(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t, everything))
	for width, least := range map[string]int{"390": 844, "768": 1024, "1280": 800} {
		p.visit("/dev/gallery?group=account&width=" + width).framed()
		p.until("the frame to fit", `() => { const f = document.querySelector('iframe'); return f.clientHeight >= f.contentDocument.documentElement.scrollHeight }`)
		if got := inFrame[int](p, `(d) => d.documentElement.clientWidth`); got != map[string]int{"390": 390, "768": 768, "1280": 1280}[width] {
			t.Errorf("the frame is %d wide, not %s", got, width)
		}
		if got := value[int](p, `() => document.querySelector('iframe').clientHeight`); got < least {
			t.Errorf("at %s the frame is %d tall, which no screen is", width, got)
		}
	}
}

// The command draws what the gallery shows, once for each way of looking.
func TestGalleryShots(t *testing.T) {
	t.Parallel()
	program, err := find()
	must(t, err)
	s := newSite(t, everything)
	dir := filepath.Join(t.TempDir(), "shots")
	var out bytes.Buffer
	for _, state := range []string{"login", "account", "mail-welcome"} {
		args := []string{"gallery", "--shots", dir, "--only", state, "--lang", "fa", "--width", "390,1280", "--chrome", program}
		if status := s.app.Command(args, app.Program{Server: s.server, Out: &out}); status != 0 {
			t.Fatalf("%q ends with %d: %s", args, status, out.String())
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	if len(names) != 12 || strings.Count(out.String(), "4 pictures are in "+dir) != 3 {
		t.Errorf("there are %q: %s", names, out.String())
	}
	for _, state := range []string{"login", "account", "mail-welcome"} {
		for _, size := range [][2]int{{390, 844}, {1280, 800}} {
			width := map[int]string{390: "390", 1280: "1280"}[size[0]]
			light, dark := picture(t, dir, state+".fa.light."+width+".png"), picture(t, dir, state+".fa.dark."+width+".png")
			for _, content := range [][]byte{light, dark} {
				drawn, err := png.DecodeConfig(bytes.NewReader(content))
				must(t, err)
				if drawn.Width != size[0] || drawn.Height < size[1] {
					t.Errorf("%s is drawn %d by %d", state, drawn.Width, drawn.Height)
				}
			}
			if slices.Equal(light, dark) {
				t.Errorf("%s looks the same in light and dark", state)
			}
		}
	}
	if account, err := png.DecodeConfig(bytes.NewReader(picture(t, dir, "account.fa.light.390.png"))); err != nil || account.Height < 900 {
		t.Errorf("the account page is cut off: %+v, %v", account, err)
	}
	for _, args := range [][]string{{"--only", "nothing"}, {"--only", "["}, {"--lang", "tlh"}, {"--theme", "pink"}, {"--width", "400"}, {"--chrome", "/nowhere"}, {"--chrome", "/bin/false"}} {
		all := append([]string{"gallery", "--shots", t.TempDir()}, args...)
		if status := s.app.Command(all, app.Program{Server: s.server, Out: io.Discard}); status != 1 {
			t.Errorf("%q ends with %d", all, status)
		}
	}
}

func picture(t *testing.T, dir, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	return content
}
