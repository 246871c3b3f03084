package token_test

import (
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
)

// What is mailed beside leaves other addresses of the account alone, and replaces its own.
func TestBeside(t *testing.T) {
	each(t, func(d *desk) {
		at := func(address string) token.Secret {
			g := d.grant("undo")
			g.Address, g.Beside = address, true
			return d.issue(g)
		}
		first, again, other := at("a@example.com"), at("a@example.com"), at("b@example.com")
		d.stands("undo", first.Link, token.Over)
		d.stands("undo", again.Link, token.Valid)
		d.stands("undo", other.Link, token.Valid)
		for address, there := range map[string]bool{"a@example.com": true, "b@example.com": true, "c@example.com": false} {
			alive, err := d.Alive(d.Context(), d.db, d.ada, address, "undo")
			d.must(err)
			if (len(alive) > 0) != there {
				t.Errorf("%s has %+v", address, alive)
			}
		}
		d.must(d.KillAt(d.Context(), d.db, d.ada, "a@example.com", "undo"))
		d.stands("undo", again.Link, token.Over)
		d.stands("undo", other.Link, token.Valid)
	})
}

// Of one purpose, what was mailed before a token outlives what ends with it; at the same moment too.
func TestKillSince(t *testing.T) {
	each(t, func(d *desk) {
		beside := func(address string) token.Secret {
			g := d.grant("undo")
			g.Address, g.Beside = address, true
			return d.issue(g)
		}
		older := beside("a@example.com")
		confirm := d.issue(d.grant("confirm"))
		used := beside("b@example.com")
		same := beside("c@example.com")
		d.pass(time.Minute)
		later := beside("d@example.com")
		bobs := d.grant("undo")
		bobs.UserID = d.bob
		theirs := d.issue(bobs)
		d.must(d.KillSince(d.Context(), d.db, d.stands("undo", used.Link, token.Valid)))
		d.stands("undo", older.Link, token.Valid)
		d.stands("undo", used.Link, token.Valid) // whoever spends it ends it
		d.stands("undo", same.Link, token.Over)
		d.stands("undo", later.Link, token.Over)
		d.stands("confirm", confirm.Link, token.Over)
		d.stands("undo", theirs.Link, token.Valid)
	})
}

// What an account has at an address is what is good still, the first before the last.
func TestAlive(t *testing.T) {
	each(t, func(d *desk) {
		issue := func(ttl time.Duration) token.Secret {
			d.pass(time.Minute)
			g := d.grant("undo")
			g.Among, g.TTL = true, ttl
			return d.issue(g)
		}
		issue(time.Minute + time.Second) // which is over
		first, used, last := issue(3*time.Hour), issue(2*time.Hour), issue(time.Hour)
		d.spends(d.stands("undo", used.Link, token.Valid), nil)
		alive, err := d.Alive(d.Context(), d.db, d.ada, address, "undo")
		d.must(err)
		want := []*token.Token{d.stands("undo", first.Link, token.Valid), d.stands("undo", last.Link, token.Valid)}
		if len(alive) != 2 || alive[0].ID != want[0].ID || alive[1].ID != want[1].ID {
			t.Errorf("alive are %+v", alive)
		}
	})
}
