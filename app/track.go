package app

import (
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Track keeps when and from which network address people sign in: on the account the latest two
// times and how often it was, and on sessions and in the audit the address. It shows each person
// the time before this one, by which they notice a stranger.
//
// Without it no network address is stored anywhere; limits count by address all the same, in
// memory, for as long as they last.
type Track struct{}

var (
	trackedItem = locales.Message{Code: "account.tracked", English: "Last time before"}
	trackedText = locales.Message{Code: "account.tracked.at", English: "%s, from %s"}
)

func (Track) enable(a *App) error {
	a.sessions.Track = true
	return nil
}

// network is the address of the request as it is written down.
func (r *request) network() string {
	if !r.sessions.Track || r.c == nil {
		return ""
	}
	return r.address()
}

// lastTime says when the person signed in before this time. There is nothing to say on the first.
func lastTime(r *request) []props.Item {
	user := r.account()
	if user.LastSignInAt.IsZero() {
		return nil
	}
	return []props.Item{{
		Icon: "clock", Title: trackedItem,
		Text: trackedText.With(locales.DateTime(r.ctx, user.LastSignInAt), user.LastSignInNetwork),
	}}
}
