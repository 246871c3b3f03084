// Command replace is a shop that replaces everything of the kit that a host can replace, each thing
// once; docs/replacing.md lists them. Nobody's shop looks like that: it shows that nothing stands in the way
// of anything else. It runs on http://accounts.shop.localhost:3000, from an SQLite file.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, "localhost:3000"); err != nil {
		log.Print(err)
	}
}

func run(ctx context.Context, at string) error {
	conn, err := migrated(ctx, "sqlite:replace.db")
	if err != nil {
		return err
	}
	staffs, err := migrated(ctx, "sqlite:replace-staff.db")
	if err != nil {
		return err
	}
	s, err := open(conn, staffs, mail.NewMailbox())
	if err != nil {
		return err
	}
	go s.staff.Run(ctx)
	log.Print("the shop is at ", shopURL, ", its accounts at ", accountsURL)
	go s.accounts.Run(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.front.Listen(at) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return s.front.Shutdown()
	}
}

func migrated(ctx context.Context, url string) (*bun.DB, error) {
	conn, err := db.Open(url)
	if err == nil {
		_, err = db.Migrate(ctx, conn)
	}
	return conn, err
}
