package mail_test

import (
	"reflect"
	"strconv"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/mail"
)

func TestMailboxKeepsTheNewest(t *testing.T) {
	t.Parallel()
	box := mail.NewMailbox()
	if got := box.All(); len(got) != 0 {
		t.Fatalf("a new mailbox holds %v", got)
	}
	for i := range 250 {
		if err := box.Send(t.Context(), mail.Message{Subject: strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	all := box.All()
	if len(all) != 200 || all[0].Subject != "249" || all[199].Subject != "50" {
		t.Fatalf("%d mails, newest %q, oldest %q", len(all), all[0].Subject, all[len(all)-1].Subject)
	}
	for _, kept := range all {
		if found, ok := box.Find(kept.ID); !ok || !reflect.DeepEqual(found, kept) {
			t.Fatalf("%q found as %+v, %v", kept.ID, found, ok)
		}
	}
	for _, id := range []string{"", "0", "1", "50", "251", "-1", "x", " 250"} {
		if kept, ok := box.Find(id); ok {
			t.Errorf("found %q as %+v", id, kept)
		}
	}
	all[0].Subject = "changed"
	if box.All()[0].Subject != "249" {
		t.Error("All hands out the mailbox's own memory")
	}
}

func TestMailboxTakesManyAtOnce(t *testing.T) {
	t.Parallel()
	box := mail.NewMailbox()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for range 10 {
				_ = box.Send(t.Context(), mail.Message{})
				box.Find(box.All()[0].ID)
			}
		})
	}
	all.Wait()
	ids := map[string]bool{}
	for _, kept := range box.All() {
		ids[kept.ID] = true
	}
	if len(ids) != 100 {
		t.Errorf("%d mails, want 100", len(ids))
	}
}
