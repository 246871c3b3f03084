package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
)

func (a *App) mailCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("say which: mail list or mail retry")
	}
	if err := db.Ping(ctx, a.DB); err != nil {
		return err
	}
	flags := flag.NewFlagSet("mail "+args[0], flag.ContinueOnError)
	flags.SetOutput(out)
	var err error
	switch args[0] {
	case "list":
		most := flags.Int64("most", 100, "how many to list")
		if err = flags.Parse(args[1:]); err == nil {
			return a.listMails(ctx, out, *most)
		}
	case "retry":
		all := flags.Bool("all", false, "every mail that failed")
		if err = flags.Parse(args[1:]); err == nil {
			return a.retryMails(ctx, out, *all, flags.Args())
		}
	default:
		return fmt.Errorf("mail %s: say list or retry", args[0])
	}
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	return err
}

// errNone is said where a list is to hold nothing: no line of it would say that there is more.
var errNone = errors.New("--most is no number above zero")

// listMails shows what has not gone out: never to whom, and never what it says.
func (a *App) listMails(ctx context.Context, out io.Writer, most int64) error {
	if most < 1 {
		return errNone
	}
	mails, all, err := a.outbox.Unsent(ctx, most)
	if err != nil {
		return err
	}
	if all == 0 {
		_, err := fmt.Fprintln(out, "every mail has gone out")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tKIND\tSINCE\tSTATE\tATTEMPTS\tNEXT\tREASON")
	for _, m := range mails {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", m.ID, m.Kind, stamp(m.CreatedAt), m.State, m.Attempts, next(m), strings.Join(strings.Fields(m.Reason), " "))
	}
	if more := all - int64(len(mails)); more > 0 {
		fmt.Fprintf(table, "and %d older\n", more)
	}
	return table.Flush()
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

func next(m mail.Unsent) string {
	if m.State != "waiting" {
		return "-"
	}
	return stamp(m.RunAt)
}

func (a *App) retryMails(ctx context.Context, out io.Writer, all bool, names []string) error {
	if all == (len(names) > 0) {
		return errors.New("say which: mail retry ID, as mail list shows it, or mail retry --all")
	}
	ids := make([]uuid.UUID, len(names))
	for i, name := range names {
		var err error
		if ids[i], err = uuid.Parse(name); err != nil {
			return fmt.Errorf("%q is no ID; mail list shows them", name)
		}
	}
	n, err := a.outbox.Retry(ctx, ids...)
	if err != nil {
		return err
	}
	if missed := int64(len(ids)) - n; missed > 0 {
		return fmt.Errorf("of %d mails, %d cannot be tried again: they are unknown, sent, dropped, being sent now, or have not failed yet", len(ids), missed)
	}
	_, err = fmt.Fprintf(out, "mails to be tried at once: %d; a running server does so within seconds\n", n)
	return err
}
