package app

import (
	"cmp"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// offerUndo tells an address that it is no longer the primary one, with a link that undoes it. The
// link outlives every later change of credentials, since whoever took the account over makes those, and
// every later change of the address, back to this one too: else whoever went to and fro until the mailbox
// got no more mails would leave its owner links of which none is good.
func (u *unit) offerUndo(user *db.User, old *db.Address, n notice) error {
	if !proven(old) || u.proof.Undo < 0 {
		return u.notify(user, old.Email, n)
	}
	secret, err := u.tokens.Issue(u.ctx, u, token.Grant{Purpose: undoing, UserID: user.ID, Address: old.Key, TTL: u.proof.Undo, Among: true})
	if err != nil {
		return err
	}
	n.kind = "change_email.undo" // of its own: the first of a kind in an hour is never dropped
	n.advice = undoAdvice.With(u.proof.Undo)
	n.help = props.Link{Label: undoAction, URL: u.link("address-undo", secret.Link)}
	return u.notify(user, old.Email, n)
}

// offer shows what an undo is about: one button, for whoever has the mail.
func (f proof) offer(r *request) error {
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, undoing, r.mended())
	switch {
	case err != nil:
		return err
	case state != token.Valid:
		return f.lapsed(r, state)
	}
	p := f.undoPage(r, r.blank(&struct{}{}))
	if p.Email, err = r.written(r.ctx, r.DB, mailed); err != nil {
		return err
	}
	return show(r, r.Views.AddressUndo, p, wire{})
}

func (f proof) undoPage(r *request, filled form.Form) props.AddressUndo {
	return props.AddressUndo{Form: filled, AppName: r.Name}
}

// lapsed answers for a link that undoes nothing.
func (f proof) lapsed(r *request, state token.State) error {
	filled := r.blank(&struct{}{})
	filled.Fail("", map[token.State]locales.Message{token.Unknown: undoUnknown, token.Used: undoUsed, token.Over: undoOver}[state])
	return astray(r, r.Landings.ChangeEmailError, r.Views.AddressUndo, func(r *request, filled form.Form) props.AddressUndo {
		p := f.undoPage(r, filled)
		p.Over, p.Home = true, r.Home
		return p
	}, filled)
}

func (f proof) undo(r *request) error {
	filled := r.bind(&struct{}{})
	if filled.Invalid() {
		return reject(r, r.Views.AddressUndo, f.undoPage, filled)
	}
	if err := r.charge(""); err != nil {
		return excuse(r, r.Views.AddressUndo, f.undoPage, filled, err)
	}
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, undoing, r.mended())
	if err != nil {
		return err
	}
	if state == token.Valid {
		err = errors.Join(r.acquit(), r.act(func(u *unit) error { return u.takeBack(mailed) }))
	}
	if errors.Is(err, token.ErrSpent) || errors.Is(err, errMoved) || err == nil && state != token.Unknown {
		var unknown error
		if mailed, state, unknown = r.tokens.Again(r.ctx, r.DB, mailed); unknown != nil {
			return unknown
		}
		err = nil
	}
	switch {
	case err != nil:
		return err
	case state != token.Used || r.Now().Sub(mailed.UsedAt) > doubleClick:
		return f.lapsed(r, state)
	}
	return f.restored(r, mailed)
}

// restored answers whoever has taken an address back. Nobody is signed in by it: they choose a
// password first.
func (f proof) restored(r *request, mailed *token.Token) error {
	if user := r.account(); user != nil && user.ID == mailed.UserID {
		r.turn(nil, nil)
		r.c.Cookie(r.noCookie(sessionCookie))
	}
	if to := r.URL("recover"); to != "" {
		return r.leave(to, undoDone, wire{"user": userWire{}})
	}
	return r.leave(cmp.Or(r.URL("login"), r.Home), undoDoneAlone, wire{"user": userWire{}})
}

// takeBack puts an address back that was the primary one, and takes from whoever changed it what
// they may have: sessions, devices that are known or remembered, mailed links, the password, and every address that
// came to the account within the same span before the change, or since. What was mailed to undo an
// earlier change stays good: whoever changes twice must not undo the second change and keep the first.
func (u *unit) takeBack(mailed *token.Token) error {
	err := errors.Join(
		db.TakeUser(u.ctx, u, mailed.UserID), u.tokens.Spend(u.ctx, u, mailed),
		u.tokens.KillSince(u.ctx, u, mailed), u.tokens.KillAt(u.ctx, u, mailed.UserID, mailed.Address, undoing),
	)
	if err != nil {
		return err
	}
	account := u.Users.blank()
	if err := db.LoadUser(u.ctx, u, account, mailed.UserID); err != nil {
		return err
	}
	user, before := account.Account(), new(db.Address)
	if user.Primary != nil {
		before = user.Primary
	}
	back := new(db.Address)
	err = u.NewSelect().Model(back).Where("user_id = ?", user.ID).Where("address_key = ?", mailed.Address).Where("confirmed_at IS NOT NULL").Scan(u.ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return errMoved
	}
	if err != nil {
		return err
	}
	lately := mailed.CreatedAt.Add(mailed.CreatedAt.Sub(mailed.ExpiresAt))
	if err := u.takeOff(back, lately); err != nil {
		return err
	}
	if _, err := u.NewUpdate().Model(back).Set("is_primary = ?", true).Set("held_until = NULL").WherePK().Exec(u.ctx); err != nil {
		return err
	}
	if _, err := u.replacePassword(user, "", nil, "address taken back"); err != nil {
		return err
	}
	user.Primary = back
	if err := u.happened(EmailRestored, user, map[string]string{"from": before.Email, "to": back.Email}); err != nil {
		return err
	}
	told := u.restoredNotice()
	if err := u.tell(user, told); err != nil || before.ID == back.ID || before.ID == uuid.Nil {
		return err
	}
	return u.notify(user, before.Email, told)
}

func (a *App) restoredNotice() notice {
	told := emailRestored.notice(a.Name)
	told.then, told.fine = restoredThen, restoredFine
	if a.URL("recover") == "" {
		told.fine = restoredAlone
	}
	return told
}

// takeOff takes every address off an account but the one that comes back and those that were confirmed
// before a time. One that can undo an earlier change is held: or else whoever lost the address by an
// undo of that would come back by undoing what its owner did next.
func (u *unit) takeOff(back *db.Address, before time.Time) error {
	var rows []db.Address
	err := u.NewSelect().Model(&rows).Where("user_id = ?", back.UserID).Where("id <> ?", back.ID).
		Where("is_primary OR confirmed_at IS NULL OR confirmed_at >= ? OR held_until IS NOT NULL", before).Scan(u.ctx)
	if err != nil {
		return err
	}
	for i := range rows {
		if err := u.giveUp(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}
