package app

import (
	"errors"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// mailRecover sends the mail by which the owner of an account chooses a new password, and ends the
// ones before. Without an address it does the same work, and nobody gets a mail.
func (u *unit) mailRecover(f Recover, account db.Account, address *db.Address, name, next string) error {
	grant := token.Grant{Purpose: recovering, Address: name, TTL: f.TTL}
	var user *db.User
	ctx, to := u.ctx, ""
	if address != nil {
		// Mail goes to the address as it is stored, never as it was typed (CVE-2019-19844).
		user, to = account.Account(), address.Email
		ctx, name = u.ctxOf(user), nameOf(user, f.By)
		grant.UserID, grant.Address, grant.AuthVersion = user.ID, address.Key, user.AuthVersion
	}
	if err := u.happened(RecoverSent, user, nil); err != nil {
		return err
	}
	secret, err := u.tokens.Issue(u.ctx, u, grant)
	if err != nil {
		return err
	}
	return post(ctx, u, "recover", to, u.Mails.Recover, props.RecoverMail{
		AppName: u.Name, Name: name, Link: withNext(u.link("recover-link", secret.Link), next),
		Code: token.Spaced(secret.Code), TTL: f.TTL,
	})
}

// recoverAccount sets a new password and gives the account to whoever reads the address that the mail
// went to. The account's row is taken first: a change of credentials that is on its way comes before,
// and kills the link, or after.
func (u *unit) recoverAccount(user *db.User, mailed *token.Token, hash string) error {
	if err := db.TakeUser(u.ctx, u, user.ID); err != nil {
		return err
	}
	if err := u.tokens.Spend(u.ctx, u, mailed); err != nil {
		return err
	}
	if err := u.prove(user, mailed.Address); err != nil {
		return err
	}
	if _, err := u.replacePassword(user, hash, nil, "password changed"); err != nil {
		return err
	}
	// Whoever had to wait at the sign-in page, because somebody guessed, need not any more.
	login := u.other("login")
	for _, name := range []string{mailed.Address, user.UsernameKey} {
		err := errors.Join(u.attempts.Forgive(u.ctx, u, login.strangersKey(name)), u.attempts.Forgive(u.ctx, u, login.accountKey(name)))
		if err != nil {
			return err
		}
	}
	if u.alert != nil { // the browser at hand is told of by the notice below
		if err := u.alert.introduce(u, user); err != nil {
			return err
		}
	}
	if err := u.happened(PasswordRecovered, user, nil); err != nil {
		return err
	}
	to, err := u.written(u.ctx, u, mailed)
	if err != nil {
		return err
	}
	return u.tell(user, recoverNotice(u.Name, to))
}

func recoverNotice(site, to string) notice {
	return notice{kind: "recover.notice", subject: recoverSubject.With(site), title: recoverTitle, what: recoverTold.With(site, to), then: recoverEnded}
}

// prove writes down that an address is its account's, as whoever reads its mail has shown. If nobody
// had before, somebody else may have opened the account with it, to be let in once its owner uses it:
// every other address and whatever was mailed goes, since each could be a way back in. An address
// that is not the account's any more proves nothing, and neither does one that was taken off and asked
// for anew: or else whoever did that would be taken for the first to come, and throw its owner out.
func (u *unit) prove(user *db.User, key string) error {
	first, err := u.firstProof(user, key)
	if err != nil {
		return err
	}
	if !first {
		still, err := u.NewSelect().Model((*db.Address)(nil)).Where("user_id = ?", user.ID).Where("address_key = ?", key).
			Where("confirmed_at IS NOT NULL AND held_until IS NULL").Exists(u.ctx)
		if err == nil && !still {
			return errMoved
		}
		return err
	}
	if err := errors.Join(u.Changed(u.ctx, u, user.ID), u.tokens.Kill(u.ctx, u, user.ID)); err != nil {
		return err
	}
	_, err = u.NewDelete().Model((*db.Address)(nil)).Where("user_id = ?", user.ID).Where("address_key <> ?", key).Exec(u.ctx)
	return errors.Join(err, u.happened(EmailConfirmed, user, nil))
}
