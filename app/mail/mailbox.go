package mail

import (
	"context"
	"slices"
	"strconv"
	"sync"
)

// A Mailbox keeps mails where a developer can read them instead of sending them.
type Mailbox struct {
	mu    sync.Mutex
	mails []Kept
	next  int
}

// Kept is a mail in a Mailbox.
type Kept struct {
	Message
	// ID names the mail for as long as the process lives.
	ID string
}

// keep is how many mails a mailbox holds; the oldest go first.
const keep = 200

// NewMailbox returns an empty mailbox.
func NewMailbox() *Mailbox { return &Mailbox{} }

// Send keeps m.
func (b *Mailbox) Send(_ context.Context, m Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	b.mails = append(b.mails, Kept{Message: m, ID: strconv.Itoa(b.next)})
	if len(b.mails) > keep {
		b.mails = slices.Delete(b.mails, 0, len(b.mails)-keep)
	}
	return nil
}

// All lists the mails, newest first.
func (b *Mailbox) All() []Kept {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.Clone(b.mails)
	slices.Reverse(all)
	return all
}

// Empty throws every mail away.
func (b *Mailbox) Empty() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = nil
}

// Find returns the mail called id.
func (b *Mailbox) Find(id string) (Kept, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := slices.IndexFunc(b.mails, func(k Kept) bool { return k.ID == id })
	if at < 0 {
		return Kept{}, false
	}
	return b.mails[at], true
}
