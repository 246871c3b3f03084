package token_test

import (
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/db"
)

// The token of a flow is replaced, ended and tried in that flow alone.
func TestInAFlow(t *testing.T) {
	each(t, func(d *desk) {
		grant := token.Grant{Purpose: "sign in", UserID: d.ada, Address: address, TTL: time.Hour}
		one, two := d.In(db.NewID()), d.In(db.NewID())
		issue := func(in token.Tokens) token.Secret {
			secret, err := in.Issue(d.Context(), d.db, grant)
			d.must(err)
			return secret
		}
		state := func(in token.Tokens) token.State {
			_, state, err := in.Newest(d.Context(), d.db, grant.Purpose)
			d.must(err)
			return state
		}
		right := func(in token.Tokens, code string) bool {
			found, err := in.Try(d.Context(), d.db, grant.Purpose, d.ada, address, code)
			d.must(err)
			return found != nil
		}
		first, other := issue(one), issue(two)
		d.pass(time.Second)
		newer := issue(one)
		for _, test := range []struct {
			about string
			in    token.Tokens
			code  string
			want  bool
		}{
			{"replaced in its flow", one, first.Code, false},
			{"the other flow's", one, other.Code, false},
			{"its own", one, newer.Code, true},
			{"what a newer one elsewhere leaves alone", two, other.Code, true},
			{"in no flow", d.In(db.NewID()), newer.Code, false},
		} {
			if right(test.in, test.code) != test.want {
				t.Errorf("%s: not %v", test.about, test.want)
			}
		}
		d.must(one.End(d.Context(), d.db))
		if state(one) != token.Over || state(two) != token.Valid || state(d.In(db.NewID())) != token.Unknown || right(one, newer.Code) {
			t.Errorf("ended: %v and %v", state(one), state(two))
		}
		mailed, _, err := two.Newest(d.Context(), d.db, grant.Purpose)
		d.must(err)
		d.must(two.Spend(d.Context(), d.db, mailed))
		d.must(two.End(d.Context(), d.db))
		if state(two) != token.Used {
			t.Errorf("spent: %v", state(two))
		}
		again, err := one.Repeated(d.Context(), d.db, grant.Purpose, d.ada, address, other.Code, time.Minute)
		d.must(err)
		here, err := two.Repeated(d.Context(), d.db, grant.Purpose, d.ada, address, other.Code, time.Minute)
		d.must(err)
		if again != nil || here == nil {
			t.Errorf("repeated: %v in another flow, %v in its own", again, here)
		}
	})
}
