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
	impatient := time.AfterFunc(patience, func() { _ = t.conn.Close() }) // which ends the waiting below
	defer impatient.Stop()
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

// A page is what there is to know of one before it is drawn.
type page struct {
	// Loaded says that everything in it is there, Status is how it was answered, and Tall how tall it is.
	Loaded       bool
	Status, Tall int
}

// look asks until everything is there. It asks nothing that takes its time, since nothing does in a
// page whose scripts are turned off.
func (t *Tab) look() (page, error) {
	const question = `({
		loaded: document.readyState === 'complete' && document.fonts.status === 'loaded',
		status: performance.getEntriesByType('navigation')[0]?.responseStatus,
		tall: document.documentElement.scrollHeight,
	})`
	const often = 10 * time.Millisecond
	for range patience / often {
		var answer struct{ Result struct{ Value page } }
		err := t.do("Runtime.evaluate", map[string]any{"expression": question, "returnByValue": true}, &answer)
		if seen := answer.Result.Value; err != nil || seen.Loaded {
			return seen, err
		}
		time.Sleep(often)
	}
	return page{}, fmt.Errorf("it is not there after %s", patience)
}

// Shoot draws the whole of the page at url on a screen of this size, as a PNG. A page that is taller
// is drawn on a taller screen, and what moves stands still.
func (t *Tab) Shoot(url string, width, height int) ([]byte, error) {
	picture, err := t.shoot(url, width, height)
	if err != nil {
		return nil, fmt.Errorf("drawing %s: %w", url, err)
	}
	return picture, nil
}

func (t *Tab) shoot(url string, width, height int) ([]byte, error) {
	if err := t.screen(width, height); err != nil {
		return nil, err
	}
	calm := []map[string]string{{"name": "prefers-reduced-motion", "value": "reduce"}}
	if err := t.do("Emulation.setEmulatedMedia", map[string]any{"features": calm}, nil); err != nil {
		return nil, err
	}
	var went struct{ ErrorText string }
	if err := t.do("Page.navigate", map[string]any{"url": url}, &went); err != nil {
		return nil, err
	}
	if went.ErrorText != "" {
		return nil, errors.New(went.ErrorText)
	}
	// What is as tall as the screen grows with it, and settles soon.
	for range 3 {
		seen, err := t.look()
		if err != nil {
			return nil, err
		}
		if seen.Status != http.StatusOK {
			return nil, fmt.Errorf("it is answered by %d", seen.Status)
		}
		if seen.Tall <= height {
			break
		}
		height = seen.Tall
		if err := t.screen(width, height); err != nil {
			return nil, err
		}
	}
	var picture struct{ Data []byte }
	err := t.do("Page.captureScreenshot", map[string]any{"format": "png"}, &picture)
	return picture.Data, err
}

// screen sets the size of the screen.
func (t *Tab) screen(width, height int) error {
	return t.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}
