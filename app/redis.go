package app

import (
	"context"
	"net/url"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/limit"
	"github.com/gatehouse-go/gatehouse/app/internal/redis"
	"github.com/gatehouse-go/gatehouse/app/session"
)

// share puts what several machines share into Redis, where there is one. Names in it begin with
// the host of Config.URL, so that applications can have one Redis between them.
func (a *App) share() error {
	if a.Redis == "" {
		return nil
	}
	u, err := url.Parse(a.Config.URL)
	if err != nil {
		return err
	}
	a.redis, err = redis.Open(a.Redis, "gatehouse:"+u.Host+":", a.Now, a.Log)
	if err != nil {
		return err
	}
	a.networks = limit.NewShared(a.redis, a.Now)
	a.sessions.Cache = session.NewCache(a.redis, a.ring)
	return nil
}

// Changed has an account read from the database again by the next request of whoever is signed in
// to it. A host calls it where its own code changes columns of an account, roles or addresses: in
// the transaction that does, or with Config.DB once that has committed.
//
// It matters with Config.Redis alone. Without the call, requests may see the account as it was for
// up to 30 seconds. What the kit changes itself needs none.
func (a *App) Changed(ctx context.Context, tx bun.IDB, user uuid.UUID) error {
	return a.sessions.Changed(ctx, tx, user)
}
