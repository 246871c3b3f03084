package e2e

import (
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// light is what a first visit may weigh, headers and all, in bytes.
const light = 40_000

// The first visit of the sign-in page, by whoever has none of it yet: document, style, scripts and
// icon, as they came over the network. The second fetches the document alone.
func TestWeight(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	var mu sync.Mutex
	names := map[network.RequestID]string{}
	weights := map[string]float64{}
	must(t, chromedp.Listen(p.ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventResponseReceived:
			if !e.Response.FromDiskCache {
				names[e.RequestID] = e.Response.URL
			}
		case *network.EventLoadingFinished:
			if name, known := names[e.RequestID]; known {
				weights[name] += e.EncodedDataLength
			}
		}
	}))
	loaded := func(path string) (total float64, parts map[string]float64) {
		p.visit(path)
		// Not every browser without a window asks for the icon by itself.
		value[int](p, `async () => (await (await fetch(document.querySelector('link[rel=icon]').href)).text()).length`)
		time.Sleep(200 * time.Millisecond) // the last sums come after the page
		mu.Lock()
		defer mu.Unlock()
		for _, weight := range weights {
			total += weight
		}
		parts, weights = weights, map[string]float64{}
		return total, parts
	}
	first, parts := loaded("/login")
	if first > light || len(parts) != 5 {
		t.Errorf("the first visit weighs %.0f bytes: %v", first, parts)
	}
	t.Logf("the first visit weighs %.0f bytes", first)
	if second, parts := loaded("/register"); second > 12_000 {
		t.Errorf("the next page weighs %.0f bytes: %v", second, parts)
	}
}
