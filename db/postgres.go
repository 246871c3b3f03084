package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

type postgres struct {
	driver.Connector
	place place
}

// Driver says where the connections go.
func (p postgres) Driver() driver.Driver { return p.place }

func postgresConnector(dsn string) (driver.Connector, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, unreadable(dsn, err)
	}
	// Bun writes arguments into the text, so that every text is new to a statement cache.
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	config.RuntimeParams["timezone"] = "UTC"
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "gatehouse"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 3 * time.Second
	}
	connector := stdlib.GetConnector(*config, stdlib.OptionAfterConnect(readTimesAsUTC))
	name := fmt.Sprintf("the Postgres database %q at %s", config.Database,
		net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))))
	why := func(ctx context.Context, err error) string { return whyNot(ctx, err, config.Password) }
	return postgres{connector, place{Driver: connector.Driver(), name: name, why: why}}, nil
}

// Left alone, pgx gives times in the machine's zone, and SQLite gives them in UTC.
func readTimesAsUTC(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}

// unreadable says what is wrong with a URL without repeating it: where a URL cannot be taken
// apart, nobody knows which part of it is the password.
func unreadable(dsn string, err error) error {
	var syntax *url.Error
	if errors.As(err, &syntax) || !splits(dsn) {
		return errors.New("the Postgres URL cannot be read: it has the form postgres://user:password@host:5432/name, " +
			"and characters such as @ / : # % in the password are written in percent-encoding")
	}
	text := err.Error()
	if _, after, found := strings.Cut(text, "`: "); found {
		text = after // what precedes it is the URL
	}
	return errors.New("the Postgres URL cannot be read: " + mask(text, password(dsn)))
}

func splits(dsn string) bool {
	_, err := url.Parse(dsn)
	return err == nil
}

func password(dsn string) string {
	parsed, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	secret, _ := parsed.User.Password()
	if secret == "" {
		secret = parsed.Query().Get("password")
	}
	return secret
}

func mask(text, secret string) string {
	if secret == "" {
		return text
	}
	return strings.ReplaceAll(text, secret, "xxxxx")
}

// whyNot turns a failure to connect into words for the person who has to mend it.
func whyNot(ctx context.Context, err error, secret string) string {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		switch answer.Code {
		case "28P01":
			return "the server refuses the password"
		case "3D000":
			return "the server has no database of that name: create it first"
		}
		return "the server answers: " + mask(answer.Message, secret)
	}
	var lookup *net.DNSError
	var dial *net.OpError
	var call *os.SyscallError
	switch {
	case errors.As(err, &lookup):
		return "no server of that name is known"
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &dial) && dial.Timeout():
		return "no answer in time"
	case errors.As(err, &call):
		return "cannot connect: " + call.Err.Error()
	}
	// The driver's own text has a line for each address that it tried.
	return "cannot connect: " + mask(strings.Join(strings.Fields(err.Error()), " "), secret)
}
