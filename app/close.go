package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Events of closing accounts.
const (
	AccountClosed   EventName = "account_closed"
	AccountReopened EventName = "account_reopened"
)

var (
	closedSubject = locales.Message{Code: "account.closed.subject", English: "Your account at %s was closed"}
	closedTitle   = locales.Message{Code: "account.closed.title", English: "Your account was closed"}
	closedTold    = locales.Message{Code: "account.closed", English: "Whoever runs %s has closed your account. Nobody can sign in to it."}
	closedFine    = locales.Message{Code: "account.closed.fine", English: "If you asked for this, there is nothing to do."}
	closedAdvice  = locales.Message{Code: "account.closed.advice", English: "If you do not know why, write to whoever runs %s:"}
)

func closedNotice(site string) notice {
	return notice{
		kind: "account.closed", subject: closedSubject.With(site), title: closedTitle, what: closedTold.With(site),
		fine: closedFine, advice: closedAdvice.With(site),
	}
}

// CloseAccount closes an account to its owner, and tells them by mail. Everything that is open ends:
// sessions, remembered devices, sign-ins half done and links that were mailed (ASVS 7.4.2), but not the
// undo of a changed address, by which an owner gets a stolen account back. Its rows
// and its names stay: nobody else can take them. To close one that is closed changes nothing.
func (a *App) CloseAccount(ctx context.Context, account db.Account) error {
	user := account.Account()
	err := a.operator(ctx).act(func(u *unit) error {
		closed, err := u.NewUpdate().Model((*db.User)(nil)).Set("disabled_at = ?", u.Now()).Set("updated_at = ?", u.Now()).
			Set("auth_version = auth_version + 1").Where("id = ?", user.ID).Where("disabled_at IS NULL").Exec(u.ctx)
		if err != nil {
			return err
		}
		if n, err := closed.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if err := u.endAll(user, "account closed"); err != nil {
			return err
		}
		if err := u.happened(AccountClosed, user, nil); err != nil {
			return err
		}
		return u.tell(user, closedNotice(u.Name))
	})
	if err != nil {
		return fmt.Errorf("close account: %w", err)
	}
	return nil
}

// endAll ends every session, remembered device and mailed link of an account, but those that undo a
// change of its address: whoever stole it may be why it is closed.
func (u *unit) endAll(user *db.User, why string) error {
	if err := u.sessions.RevokeAll(u.ctx, u, user.ID, uuid.Nil, why); err != nil {
		return err
	}
	if _, err := u.forgetAll(user.ID); err != nil {
		return err
	}
	return u.tokens.KillBut(u.ctx, u, user.ID, undoing)
}

// ReopenAccount opens an account again that was closed. Its password opens it as before. To open one
// that is open changes nothing.
func (a *App) ReopenAccount(ctx context.Context, account db.Account) error {
	user := account.Account()
	err := a.operator(ctx).act(func(u *unit) error {
		opened, err := u.NewUpdate().Model((*db.User)(nil)).Set("disabled_at = NULL").Set("updated_at = ?", u.Now()).
			Where("id = ?", user.ID).Where("disabled_at IS NOT NULL").Exec(u.ctx)
		if err != nil {
			return err
		}
		if n, err := opened.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return errors.Join(u.Changed(u.ctx, u, user.ID), u.happened(AccountReopened, user, nil))
	})
	if err != nil {
		return fmt.Errorf("reopen account: %w", err)
	}
	return nil
}
