package e2e

import (
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/gatehouse-go/gatehouse/app"
)

// axe finds what keeps people out who see, hear or move otherwise: MPL-2.0, see LICENSE.axe.
//
//go:embed testdata/axe.min.js
var axe string

// A play is what is played on sites that are set up alike.
type play struct {
	site   func(*app.Config)
	scenes []scene
}

func plays() []play {
	return []play{
		{everything, scenes},
		{together, pairs},
		{waiting, slices.Concat(waits, forgets)},
		{moving, moves},
		{alsoByMail, mailed},
		{onlyByMail, passwordless},
		{hosting, invitations},
		{plainly, looksOf("plain")},
		{split, looksOf("split")},
		{adorned, looksOf("adorned")},
		{plain, insetLooks()},
	}
}

// Every page in every state, in a language of either direction: on phones and wide screens, in
// light and dark. Nothing overflows, everything is large enough to hit, and axe has nothing to say.
// With SHOTS=folder each is also drawn, for people to judge.
func TestPages(t *testing.T) {
	t.Parallel()
	shots := os.Getenv("SHOTS")
	if shots != "" {
		must(t, os.MkdirAll(shots, 0o755))
	}
	for _, of := range plays() {
		for _, sc := range of.scenes {
			for language, direction := range map[string]string{"en": "ltr", "fa": "rtl"} {
				t.Run(sc.name+"/"+language, func(t *testing.T) {
					t.Parallel()
					s := newSite(t, of.site)
					p := open(t, s).speak(language).prefer("reduced-motion", "reduce") // no colour on its way to another
					sc.play(p)
					p.status(sc.status)
					s.errs() // the 500 page's error is asked for
					if got := value[string](p, `() => document.documentElement.lang + " " + document.documentElement.dir`); got != language+" "+direction {
						t.Errorf("the page is %s", got)
					}
					p.sound()
					for _, width := range []int64{320, 390, 1280} {
						p.width(width)
						p.fits(width)
					}
					must(t, chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](axe)))
					for _, width := range []int64{390, 1280} {
						for _, scheme := range []string{"light", "dark"} {
							p.width(width).prefer("color-scheme", scheme, "reduced-motion", "reduce")
							p.accessible(scheme + " " + strconv.Itoa(int(width)))
							if shots != "" {
								p.shoot(filepath.Join(shots, sc.name+"-"+language+"-"+strconv.Itoa(int(width))+"-"+scheme+".png"), width)
							}
						}
					}
				})
			}
		}
	}
}

// The checks above find what is wrong where something is.
func TestChecksFindFaults(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/bad").width(700)
	must(t, chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](axe)))
	for _, test := range []struct {
		found []string
		want  []string
	}{
		{p.unsound(), []string{"2 headings", "ids twice: bad", "no checksum", "script did not run", "tabindex", "inline", "0 views"}},
		{p.misfits(), []string{"scrolls sideways", "small: ", "<a href"}},
		{p.violations(), []string{"color-contrast", "label", "landmark-one-main"}},
	} {
		for _, want := range test.want {
			if !strings.Contains(strings.Join(test.found, "\n"), want) {
				t.Errorf("%q is not among %q", want, test.found)
			}
		}
	}
}

// The language can be asked for in the address, too.
func TestLanguageInAddress(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/login?lang=fa")
	if got := value[string](p, `() => document.documentElement.lang + " " + getComputedStyle(document.body).direction`); got != "fa rtl" {
		t.Errorf("the page is %s", got)
	}
	// Mirrored: what stands at the end of a field in English stands on the left.
	if !value[bool](p, `() => {
		const [field, button] = ['[name=password]', '.gh-peek__button'].map((s) => document.querySelector(s).getBoundingClientRect())
		return button.left - field.left < field.right - button.right
	}`) {
		t.Error("the button in the password field is on the right")
	}
}

// sound looks at what every document must be.
func (p *tab) sound() {
	p.t.Helper()
	for _, fault := range p.unsound() {
		p.t.Error(fault)
	}
}

func (p *tab) unsound() []string {
	p.t.Helper()
	return value[[]string](p, `() => {
		const faults = []
		const count = (selector) => document.querySelectorAll(selector).length
		const views = count('.gh-pair') ? 2 : 1
		if (count('h1') !== views) faults.push(count('h1') + ' headings of the first level')
		if (count('main') !== 1) faults.push(count('main') + ' main elements')
		if (count('main [data-fragment]') !== views + count('.gh-embed')) faults.push(count('main [data-fragment]') + ' views')
		if (!document.title) faults.push('no title')
		if (count('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])')) faults.push('a tabindex that changes the order')
		if (count('[style], style, script:not([src]), [onclick], [onsubmit]')) faults.push('style or script inline')
		const ids = [...document.querySelectorAll('[id]')].map((e) => e.id)
		const twice = ids.filter((id, i) => ids.indexOf(id) !== i)
		if (twice.length) faults.push('ids twice: ' + twice)
		for (const e of document.querySelectorAll('script[src], link[rel=stylesheet]')) {
			if (!e.integrity) faults.push('no checksum: ' + e.outerHTML)
		}
		if (!document.documentElement.classList.contains('gh-js') || !window.htmx) faults.push('script did not run')
		return faults
	}`)
}

// fits looks for what is too wide or too small.
func (p *tab) fits(width int64) {
	p.t.Helper()
	for _, fault := range p.misfits() {
		p.t.Errorf("%d px: %s", width, fault)
	}
}

func (p *tab) misfits() []string {
	p.t.Helper()
	return value[[]string](p, `() => {
		const faults = []
		const root = document.documentElement
		if (root.scrollWidth > root.clientWidth) {
			const wide = [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1).pop()
			faults.push('scrolls sideways: ' + root.scrollWidth + ' > ' + root.clientWidth + ' ' + (wide?.outerHTML ?? '').slice(0, 200))
		}
		for (const e of document.querySelectorAll('.gh-brand bdi, .gh-button span:not(:has(*))')) {
			if (!e.checkVisibility()) continue
			if (e.scrollWidth > e.clientWidth && getComputedStyle(e).overflow !== 'visible') faults.push('cut off: ' + e.textContent)
			for (const { index, 0: word } of e.textContent.matchAll(/\S+/g)) {
				const range = document.createRange()
				range.setStart(e.firstChild, index)
				range.setEnd(e.firstChild, index + word.length)
				if (new Set([...range.getClientRects()].map((r) => r.top)).size > 1) faults.push('broken word: ' + word)
			}
		}
		for (const e of document.querySelectorAll('a, button, summary, input:not([type=hidden])')) {
			if (!e.checkVisibility() || e.matches('.gh-skip')) continue
			const of = e.type === 'checkbox' ? e.labels[0] : e
			const { width, height } = of.getBoundingClientRect()
			const least = e.matches('a:not(.gh-button)') ? 24 : 44
			if (getComputedStyle(of).display === 'inline') continue // a link in a sentence
			if (width < least - .5 || height < least - .5) {
				faults.push('small: ' + Math.round(width) + 'x' + Math.round(height) + ' ' + e.outerHTML.slice(0, 120))
			}
		}
		return faults
	}`)
}

// accessible runs axe over the page as it is.
func (p *tab) accessible(when string) {
	p.t.Helper()
	for _, violation := range p.violations() {
		p.t.Errorf("%s: %s", when, violation)
	}
}

func (p *tab) violations() []string {
	p.t.Helper()
	return value[[]string](p, `async () => {
		const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']
		const { violations, passes } = await axe.run(document, { runOnly: tags, iframes: false, resultTypes: ['violations'] })
		if (passes.length < 10) return ['axe looked at nothing']
		return violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.failureSummary + ' ' + n.html.slice(0, 200)))
	}`)
}

// shoot draws the whole page. The window is made as tall as that: drawn beyond the window, pages that
// run from right to left come out shifted.
func (p *tab) shoot(path string, width int64) {
	p.t.Helper()
	p.size(width, value[int64](p, `() => document.documentElement.scrollHeight`))
	picture := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	must(p.t, os.WriteFile(path, picture.Data, 0o644))
}
