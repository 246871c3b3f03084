package app

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// flashAge is how long a message waits for the page that shows it.
const flashAge = 2 * time.Minute

// How a message went, which settles how it looks.
const (
	good = "good"
	bad  = "bad"
	note = "note"
)

type wireFlash struct {
	Kind    string          `json:"k"`
	Message locales.Message `json:"m"`
	Until   int64           `json:"t"`
}

// flashing is a message as the host has it shown, or nothing.
func (r *request) flashing(kind string, m locales.Message) props.Flash {
	if r.Flash != nil && !m.IsZero() {
		kind, m = r.Flash(r.ctx, kind, m)
	}
	return props.Flash{Kind: kind, Message: m}
}

// say leaves a message for the next page.
func (r *request) say(kind string, m locales.Message) { r.hand(r.flashing(kind, m)) }

// hand gives a message to the browser for the next page: signed, nothing stored here.
func (r *request) hand(f props.Flash) {
	if f.Message.IsZero() {
		return
	}
	raw, err := json.Marshal(wireFlash{f.Kind, f.Message, r.Now().Add(flashAge).Unix()})
	if err != nil {
		r.Log.ErrorContext(r.ctx, "flash: message lost", "code", f.Message.Code, "error", err)
		return
	}
	value := sealed.EncodeToString(raw) + "." + sealed.EncodeToString(r.ring.MAC("flash", raw))
	r.c.Cookie(r.newCookie(flashCookie, value, flashAge))
}

// heard takes the message that an earlier request left.
func (r *request) heard() props.Flash {
	value := r.read(r.c, flashCookie)
	// HEAD shows nothing to anybody.
	if value == "" || r.c.Method() == fiber.MethodHead {
		return props.Flash{}
	}
	r.c.Cookie(r.noCookie(flashCookie))
	raw, sum, _ := strings.Cut(value, ".")
	text, err1 := sealed.DecodeString(raw)
	mac, err2 := sealed.DecodeString(sum)
	var f wireFlash
	if err1 != nil || err2 != nil || !r.ring.Verify(mac, "flash", text) || json.Unmarshal(text, &f) != nil || r.Now().Unix() > f.Until {
		return props.Flash{}
	}
	return props.Flash{Kind: f.Kind, Message: f.Message}
}
