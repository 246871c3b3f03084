package app

import (
	"cmp"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"math/big"
	"strconv"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A mailing is a sign-in that waits in one browser for what was mailed. It is begun for nobody just
// as for an account: nothing about it tells which. Its token says how it stands: one that was used
// has approved it.
type mailing struct {
	// Typed is what named the account, and Address where the mail went, folded.
	Typed   string `json:"typed"`
	Address string `json:"address"`
	// Number is what the browser that asked is shown, for who opens the link elsewhere to type.
	Number   int  `json:"number"`
	Remember bool `json:"remember,omitempty"`
	// Agent and Network are of the browser that asked.
	Agent   string `json:"agent,omitempty"`
	Network string `json:"network,omitempty"`

	ttl  time.Duration
	flow *db.Flow
}

const (
	mailFlow  = "sign-in by mail"
	byMailing = "sign-in by mail" // the purpose of the tokens
	mailClick = "sign-in by mail, sent"
	mailOpens = "sign-in by mail, session"
)

// sameAgain makes the value by which a browser waits. A form that is sent twice makes the same one
// twice, whichever of the answers the browser keeps.
func (r *request) sameAgain(name string) (string, error) {
	visitor := r.read(r.c, visitorCookie)
	if session.Hash(visitor) == nil {
		value, _ := session.NewValue()
		return value, nil
	}
	sent, err := r.attempts.Last(r.ctx, r.accountKey(name))
	return sealed.EncodeToString(r.ring.MAC(mailClick, []byte(visitor), []byte(name), []byte(sent.Format(time.RFC3339Nano)))), err
}

// newNumber is one of ninety, which nobody guesses who is not shown it: one that was wrong is the last.
func newNumber() int {
	n, err := rand.Int(rand.Reader, big.NewInt(90))
	if err != nil {
		panic("app: " + err.Error()) // crypto/rand ends the program before
	}
	return 10 + int(n.Int64())
}

// beginByMail has a browser wait, in the place of what it waited for before, and mails what carries
// it on. Without an account, or one with an address, it does the same work and nobody gets a mail.
func (u *unit) beginByMail(value string, account db.Account, typed string, m, before *mailing, next string) error {
	now, hash := u.Now(), session.Hash(value)
	flow := &db.Flow{ID: db.NewID(), Kind: mailFlow, Hash: hash, CreatedAt: now, ExpiresAt: now.Add(m.ttl)}
	m.Number, m.Agent, m.Network, m.Address, m.flow = newNumber(), u.agent(), u.network(), typed, flow
	ctx, to := u.ctx, ""
	var user *db.User
	if account != nil && account.Account().Primary != nil {
		user = account.Account()
		// Mail goes to the address as it is stored, never as it was typed (CVE-2019-19844).
		ctx, to, m.Address = u.ctxOf(user), user.Primary.Email, user.Primary.Key
		flow.UserID, flow.AuthVersion = user.ID, user.AuthVersion
	}
	if before != nil {
		if before.Typed == m.Typed {
			m.Number = before.Number // the page that shows it may still be open
		}
		if err := u.tokens.In(before.flow.ID).End(u.ctx, u); err != nil {
			return err
		}
		hash = before.flow.Hash
	}
	if _, err := u.NewDelete().Model((*db.Flow)(nil)).Where("hash = ? OR hash = ?", hash, flow.Hash).Where("kind = ?", mailFlow).Exec(u.ctx); err != nil {
		return err
	}
	plain, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if flow.Data, err = u.ring.Seal(mailFlow, plain, flow.ID[:]); err != nil {
		return err
	}
	if _, err := u.NewInsert().Model(flow).Exec(u.ctx); err != nil {
		return err
	}
	secret, err := u.tokens.In(flow.ID).Issue(u.ctx, u, token.Grant{
		Purpose: byMailing, UserID: flow.UserID, Address: m.Address, AuthVersion: flow.AuthVersion, TTL: m.ttl,
	})
	if err != nil {
		return err
	}
	if err := u.happened(MagicLinkSent, user, nil); err != nil {
		return err
	}
	return post(ctx, u, "magic_link", to, u.Mails.MagicLink, props.MagicLinkMail{
		AppName: u.Name, Link: withNext(u.link("magic-link-open", secret.Link), next), Code: token.Spaced(secret.Code), TTL: m.ttl,
		Asker: m.asker(),
	})
}

// asker is the browser that asked, as people know it.
func (m *mailing) asker() props.Asker {
	return props.Asker{Browser: browser(m.Agent), Network: m.Network, At: m.flow.CreatedAt}
}

// waits is the value by which this browser waits.
func (r *request) waits() string { return cmp.Or(r.visit.waits, r.read(r.c, pendingCookie)) }

// mailing is the sign-in by mail that waits in this browser, or nil.
func (r *request) mailing() (*mailing, error) {
	hash := session.Hash(r.waits())
	if hash == nil {
		return nil, nil
	}
	return r.mailingWhere("hash = ?", hash)
}

// mailingOf is the sign-in, in whichever browser, that a token carries on, or nil.
func (r *request) mailingOf(mailed *token.Token) (*mailing, error) {
	return r.mailingWhere("id = ?", mailed.FlowID)
}

func (r *request) mailingWhere(where string, arg any) (*mailing, error) {
	flow := new(db.Flow)
	err := r.DB.NewSelect().Model(flow).Where(where, arg).Where("kind = ?", mailFlow).Where("expires_at > ?", r.Now()).Scan(r.ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := r.ring.Open(mailFlow, flow.Data, flow.ID[:])
	if err != nil {
		return nil, nil // the secrets have changed
	}
	m := &mailing{flow: flow}
	return m, json.Unmarshal(plain, m)
}

// typed is the token of the code that was typed where m waits; nil if it is wrong. See [request.typed].
func (m *mailing) typed(r *request, code string) (*token.Token, error) {
	return r.typedFor(r.tokens.In(m.flow.ID), byMailing, m.flow.UserID, m.Address, code)
}

// matches reports whether somebody typed the number.
func (m *mailing) matches(typed string) bool { return token.Plain(typed) == strconv.Itoa(m.Number) }

// approve uses up the token of a sign-in, which may go on by that. Its mail has shown whose the
// address is: see [unit.claimInbox]. A form that was sent twice is answered as if it had been once.
func (r *request) approve(m *mailing, mailed *token.Token) error {
	own, err := r.registration()
	if err != nil {
		return err
	}
	err = r.act(func(u *unit) error {
		account := u.Users.blank()
		if err := u.tokens.Spend(u.ctx, u, mailed); err != nil {
			return err
		}
		if err := db.LoadUser(u.ctx, u, account, mailed.UserID); err != nil {
			return err
		}
		user := account.Account()
		if addressKey(user) != mailed.Address {
			return errMoved
		}
		if !unconfirmed(user) {
			return nil
		}
		if err := u.claimInbox(user, own != nil && own.ID == user.ID); err != nil {
			return err
		}
		m.flow.AuthVersion = user.AuthVersion
		_, err := u.NewUpdate().Model(m.flow).Column("auth_version").WherePK().Exec(u.ctx)
		return err
	})
	if errors.Is(err, token.ErrSpent) {
		var state token.State
		if mailed, state, err = r.tokens.Again(r.ctx, r.DB, mailed); err == nil && (state != token.Used || r.Now().Sub(mailed.UsedAt) > doubleClick) {
			return token.ErrSpent
		}
	}
	return err
}

// claimInbox gives an account whose address was never confirmed to whoever reads its mail. The
// attack: somebody opens an account with your address and a password of theirs, and waits until you
// sign in by mail and use it. So the password dies, with all that it opened and whatever else they
// put into the account, unless it was opened in this browser.
func (u *unit) claimInbox(user *db.User, own bool) error {
	if own {
		return u.confirmPrimary(user, user.Primary.Key)
	}
	err := u.prove(user, user.Primary.Key)
	switch {
	case err != nil:
		return err
	case user.PasswordHash == "": // who opened it may have been signed in by that
		user.AuthVersion, err = u.replacePassword(user, "", nil, "address claimed")
	default:
		user.AuthVersion, err = u.dropPassword(user, nil, magicClaimed)
	}
	return err
}

// enter carries an approved sign-in on, through the gates. What opens the session is made from what
// the browser waits by, so that a form that was sent twice opens one.
func (r *request) enter(m *mailing, approvedAt time.Time) error {
	next, _ := r.next()
	value := r.opensWith(r.waits())
	account, err := r.accountByID(m.flow.UserID)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && account.Account().AuthVersion != m.flow.AuthVersion:
		return r.late(&SignIn{ReturnTo: next, value: value})
	case err != nil:
		return err
	}
	return r.signIn(&SignIn{
		Account: account, AuthVersion: m.flow.AuthVersion, Methods: db.Methods{{Name: ByEmail, At: approvedAt}},
		Remember: m.Remember, ReturnTo: next, Begun: m.flow.CreatedAt,
		tries: r.other(r.asksForMail()).accountKey(m.Typed), flow: m.flow, value: value,
	})
}

// opensWith is the value of the session that a waiting browser gets.
func (a *App) opensWith(waits string) string {
	return sealed.EncodeToString(a.ring.MAC(mailOpens, []byte(waits)))
}

// enteredJust reports whether the sign-in that waited in this browser has just opened a session: the
// form was sent twice. This answer brings it too, since the other may never have arrived.
func (r *request) enteredJust(value string) (bool, error) {
	account := r.Users.blank()
	err := r.sessions.Load(r.ctx, r.DB, account, value)
	if errors.Is(err, session.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	row := account.Account().Session
	if r.Now().Sub(row.CreatedAt) > doubleClick {
		return false, nil
	}
	r.c.Cookie(r.newCookie(sessionCookie, value, 0))
	r.turn(account, row)
	return true, nil
}

// asksForMail is the route of the page that asks for an address.
func (a *App) asksForMail() string {
	if a.URL("magic-link") == "" {
		return "login"
	}
	return "magic-link"
}

// turnDown ends a sign-in at the word of who opened its link. The browser that asked is not told: if
// it is somebody else's, they would learn that there is an account.
func (r *request) turnDown(mailed *token.Token, why string) error {
	return r.act(func(u *unit) error {
		if err := u.tokens.In(mailed.FlowID).End(u.ctx, u); err != nil {
			return err
		}
		account := u.Users.blank()
		if err := db.LoadUser(u.ctx, u, account, mailed.UserID); err != nil {
			return err
		}
		return u.happened(MagicLinkRefused, account.Account(), map[string]string{"why": why})
	})
}
