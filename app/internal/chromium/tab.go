package chromium

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/net/websocket"
)

// A Tab draws one page at a time.
type Tab struct {
	conn *websocket.Conn
	last int
}

// patience is how long a page may take to be there.
const patience = 30 * time.Second

// Tab opens another tab.
func (b *Browser) Tab(ctx context.Context) (*Tab, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+b.at+"/json/new?about:blank", nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("chromium: opening a tab: %w", err)
	}
	defer answer.Body.Close()
	var opened struct{ WebSocketDebuggerURL string }
	if err := json.NewDecoder(answer.Body).Decode(&opened); err != nil {
		return nil, fmt.Errorf("chromium: opening a tab: %s: %w", answer.Status, err)
	}
	conn, err := websocket.Dial(opened.WebSocketDebuggerURL, "", origin)
	if err != nil {
		return nil, fmt.Errorf("chromium: speaking to a tab: %w", err)
	}
	const largest = 256 << 20
	conn.MaxPayloadBytes = largest
	return &Tab{conn: conn}, nil
}

// Close closes the tab.
func (t *Tab) Close() error { return t.conn.Close() }

// do has the tab carry out a method, and decodes what comes of it into result, unless that is nil.
func (t *Tab) do(method string, params map[string]any, result any) error {
	t.last++
	if err := t.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if err := websocket.JSON.Send(t.conn, map[string]any{"id": t.last, "method": method, "params": params}); err != nil {
		return fmt.Errorf("chromium: %s: %w", method, err)
	}
	for {
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  struct{ Message string }
		}
		if err := websocket.JSON.Receive(t.conn, &answer); err != nil {
			return fmt.Errorf("chromium: %s: %w", method, err)
		}
		switch {
		case answer.ID != t.last: // something happened, which we did not ask for
			continue
		case answer.Error.Message != "":
			return fmt.Errorf("chromium: %s: %s", method, answer.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(answer.Result, result)
	}
}

// whenLoaded is how the page was answered and how tall it is, once everything in it is there.
const whenLoaded = `new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))
	.then(() => document.fonts.ready)
	.then(() => ({ status: performance.getEntriesByType('navigation')[0].responseStatus, tall: document.documentElement.scrollHeight }))`

// Shoot draws the whole of the page at url on a screen of this size, as a PNG. A page that is taller
// is drawn on a taller screen, and what moves stands still.
func (t *Tab) Shoot(url string, width, height int) ([]byte, error) {
	screen := func(height int) error {
		return t.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	}
	calm := map[string]any{"features": []map[string]string{{"name": "prefers-reduced-motion", "value": "reduce"}}}
	var gone struct{ ErrorText string }
	err := screen(height)
	if err == nil {
		err = t.do("Emulation.setEmulatedMedia", calm, nil)
	}
	if err == nil {
		err = t.do("Page.navigate", map[string]any{"url": url}, &gone)
	}
	if err == nil && gone.ErrorText != "" {
		err = errors.New(gone.ErrorText)
	}
	// What is as tall as the screen grows with it, and settles soon.
	for range 3 {
		if err != nil {
			return nil, fmt.Errorf("drawing %s: %w", url, err)
		}
		var page struct {
			Result struct{ Value struct{ Status, Tall int } }
		}
		err = t.do("Runtime.evaluate", map[string]any{"expression": whenLoaded, "awaitPromise": true, "returnByValue": true}, &page)
		if status := page.Result.Value.Status; err == nil && status != http.StatusOK {
			err = fmt.Errorf("it is answered by %d", status)
		}
		if err == nil && page.Result.Value.Tall <= height {
			break
		}
		if err == nil {
			height = page.Result.Value.Tall
			err = screen(height)
		}
	}
	var picture struct{ Data []byte }
	if err == nil {
		err = t.do("Page.captureScreenshot", map[string]any{"format": "png"}, &picture)
	}
	if err != nil {
		return nil, fmt.Errorf("drawing %s: %w", url, err)
	}
	return picture.Data, nil
}
