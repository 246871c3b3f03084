package e2e

import (
	"context"
	"encoding/json"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// button presses what a person would call by this name: a button, or a link,
// of what the page is about before those around it.
func (p *tab) button(label string) *tab {
	p.t.Helper()
	p.click(`[...document.querySelectorAll('main :is(button, a)'), ...document.querySelectorAll('button, a')].find((e) =>
		e.checkVisibility() && (e.getAttribute('aria-label') ?? e.innerText).trim() === `+quoted(label)+`)`, 1)
	return p
}

// press presses the element that a selector finds.
func (p *tab) press(selector string) *tab {
	p.t.Helper()
	p.click(`document.querySelector(`+quoted(selector)+`)`, 1)
	return p
}

type point struct {
	X, Y float64
	OK   bool
}

// where waits for an element to be visible, in view and not moving, and finds its middle.
func (p *tab) where(element string) point {
	p.t.Helper()
	var last, now point
	p.wait(element, func() (bool, error) {
		last = now
		var err error
		now, err = ask[point](p, `() => {
			const e = `+element+`
			if (!e || !e.checkVisibility() || document.readyState === 'loading') return { OK: false }
			e.scrollIntoView({ block: 'center', behavior: 'instant' })
			const r = e.getBoundingClientRect()
			return { X: r.x + r.width / 2, Y: r.y + r.height / 2, OK: r.width > 0 }
		}`)
		return now.OK && now == last, err
	})
	return now
}

// click presses the mouse on an element, times times as fast as it goes.
func (p *tab) click(element string, times int) {
	p.t.Helper()
	p.mouse(p.where(element), times)
}

// mouse presses at a point. It asks the page nothing: while the next page is on its way, a browser
// answers no questions but hears the mouse.
func (p *tab) mouse(at point, times int) {
	p.t.Helper()
	for i := range times {
		for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
			call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{
				Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: int64(i + 1),
			})
		}
	}
}

// keys types with the keyboard, wherever the cursor is.
func (p *tab) keys(typed string, modifiers ...chromedp.Modifier) *tab {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	must(p.t, chromedp.Do(ctx, chromedp.KeyEvent(typed, chromedp.KeyModifiers(modifiers...))))
	return p
}

// step goes on by the Tab key and says where that leads: the name of a field, or the words on a
// button or a link.
func (p *tab) step() string {
	p.t.Helper()
	return p.keys(kb.Tab).focused()
}

// focused says where the cursor is.
func (p *tab) focused() string {
	p.t.Helper()
	return value[string](p, `() => {
		const e = document.activeElement
		return e.name || e.getAttribute('aria-label') || (e.id && e.tagName === 'DIV' ? '#' + e.id : '') || e.innerText?.trim().split("\n")[0] || e.tagName
	}`)
}

// field is what stands in a field.
func (p *tab) field(name string) string {
	p.t.Helper()
	return value[string](p, `(name) => document.querySelector('main [name="' + name + '"]').value`, name)
}

// mark leaves a sign in the document, which the next document does not have.
func (p *tab) mark() *tab {
	p.t.Helper()
	value[bool](p, `() => window.marked = true`)
	return p
}

// stayed demands that this is the document that was marked; left waits for it to be another.
func (p *tab) stayed() *tab {
	p.t.Helper()
	if !value[bool](p, `() => window.marked === true`) {
		p.t.Errorf("the page was loaded anew: %s", p.describe())
	}
	return p
}

func (p *tab) left() *tab {
	p.t.Helper()
	p.until("another document", `() => !window.marked && document.readyState === 'complete'`)
	return p
}

// width sets how wide the window is. Narrow ones are those of phones.
func (p *tab) width(w int64) *tab {
	p.t.Helper()
	return p.size(w, 900)
}

func (p *tab) size(w, h int64) *tab {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: w, Height: h, DeviceScaleFactor: 1, Mobile: w < 600,
	})
	return p
}

// prefer sets what a person has asked of all pages: prefer("color-scheme", "dark").
func (p *tab) prefer(pairs ...string) *tab {
	p.t.Helper()
	var features []*emulation.MediaFeature
	for i := 0; i+1 < len(pairs); i += 2 {
		features = append(features, &emulation.MediaFeature{Name: "prefers-" + pairs[i], Value: pairs[i+1]})
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
	return p
}

// speak sets the language that the browser asks for.
func (p *tab) speak(language string) *tab {
	p.t.Helper()
	agent := value[string](p, `() => navigator.userAgent`)
	call(p, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: language})
	return p
}

// withoutScript turns script off.
func (p *tab) withoutScript() *tab {
	p.t.Helper()
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return p
}

func quoted(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // no string is beyond JSON
	}
	return string(raw)
}
