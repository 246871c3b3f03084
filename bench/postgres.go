package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
)

// ownSchema makes a schema for this run alone, and returns the URL that leads to it and what drops
// it again.
func ownSchema(ctx context.Context, server string) (address string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, errors.New("TEST_DATABASE_URL is no URL") // its password is not repeated
	}
	conn, err := db.Open(server)
	if err != nil {
		return "", nil, err
	}
	schema := bun.Ident(fmt.Sprintf("gatehouse_bench_%d", os.Getpid()))
	if _, err := conn.NewRaw("CREATE SCHEMA ?", schema).Exec(ctx); err != nil {
		return "", nil, errors.Join(err, conn.Close())
	}
	query := u.Query()
	query.Set("search_path", string(schema))
	u.RawQuery = query.Encode()
	drop = func() error {
		// An interrupted run drops it, too.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_, err := conn.NewRaw("DROP SCHEMA ? CASCADE", schema).Exec(ctx)
		return errors.Join(err, conn.Close())
	}
	return u.String(), drop, nil
}
