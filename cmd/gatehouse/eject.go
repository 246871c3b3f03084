package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/gatehouse-go/gatehouse/scaffold"
)

// showing are the flags of every command that plans before it does.
type showing struct{ dry, diff, unchecked bool }

func (s *showing) flags(flags *flag.FlagSet) {
	flags.BoolVar(&s.dry, "dry-run", false, "say what would be done, and do nothing")
	flags.BoolVar(&s.diff, "diff", false, "show what would be done as a unified diff, and do nothing")
	flags.BoolVar(&s.unchecked, "no-check", false, "do not have the pages compiled at the end")
}

func runEject(args []string) error {
	flags := flag.NewFlagSet("eject", flag.ContinueOnError)
	var e scaffold.Ejecting
	var s showing
	all := flags.Bool("all", false, "every page, mail and element")
	mails := flags.Bool("mails", false, "every mail")
	list := flags.Bool("list", false, "list what there is, and what is ejected")
	flags.StringVar(&e.Folder, "dir", "", "the `folder` of the project to have pages/ in; it is remembered. The default is the project's root")
	flags.BoolVar(&e.Force, "force", false, "overwrite files that are there, with changes of yours or never ejected")
	s.flags(flags)
	words, err := parse(flags, "eject NAME… | --all | --mails | --list [flags]", args)
	if err != nil {
		return err
	}
	if *mails {
		words = append(words, "mails")
	}
	project, err := scaffold.Open(".")
	if err != nil {
		return err
	}
	switch {
	case *list:
		return listEjectable(project)
	case *all && len(words) > 0:
		return misused{"--all is everything: leave the names out, or leave out --all"}
	case !*all && len(words) == 0:
		return misused{"name what to eject, such as: gatehouse eject login; gatehouse eject --list says what there is"}
	}
	e.Names = words
	plan, err := project.Eject(e)
	if err != nil {
		return err
	}
	return s.carryOut(project, plan, func() {
		tellUnused(project)
		fmt.Println("Change them as you like, and see them by: gatehouse dev. Later on, gatehouse update brings in what the kit improves.")
	})
}

func listEjectable(project *scaffold.Project) error {
	for _, t := range project.Ejectable() {
		mark := " "
		if t.Ejected {
			mark = "*"
		}
		var draws []string
		for _, d := range t.Draws {
			draws = append(draws, d.Registry+"."+d.Field)
		}
		fmt.Printf("%s %-26s %s\n", mark, t.Name, strings.Join(draws, ", "))
	}
	fmt.Println("\n* is ejected. A folder stands for all that is in it: gatehouse eject mails")
	return nil
}

// carryOut shows a plan or does it, and then has the pages compiled.
func (s *showing) carryOut(project *scaffold.Project, plan *scaffold.Plan, done func()) error {
	if s.diff {
		return plan.Diff(os.Stdout)
	}
	would := ""
	if s.dry {
		would = "would be "
	}
	for _, step := range plan.Steps {
		fmt.Printf("%s%s: %s\n", would, step.Does, step.Path)
	}
	for _, note := range plan.Notes {
		fmt.Println(note)
	}
	if s.dry {
		return nil
	}
	// From here on nothing is left half done by somebody who loses patience.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := plan.Apply(ctx); err != nil {
		return err
	}
	if !s.unchecked {
		if err := checked(ctx, project); err != nil {
			return err
		}
	}
	if plan.Conflicts > 0 {
		return fmt.Errorf("%s to be settled by you: look for <<<<<<<, keep what you want of both versions, and say gatehouse update again", counted(plan.Conflicts, "file is", "files are"))
	}
	done()
	return nil
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// checked has the pages compiled, and says where to read on if they do not.
func checked(ctx context.Context, project *scaffold.Project) error {
	err := project.Check(ctx, os.Stderr)
	if errors.Is(err, scaffold.ErrCompile) {
		for _, line := range project.Advice() {
			fmt.Fprintln(os.Stderr, line)
		}
	}
	return err
}

func tellUnused(project *scaffold.Project) {
	unused, err := project.Unused()
	if err != nil {
		fmt.Println(err)
	}
	if len(unused) > 0 {
		fmt.Printf("To have them used, put into app.Config: %s\n", strings.Join(unused, ", "))
	}
}

// Statuses of gatehouse status --exit-code, beside 0. A command line that is wrong ends in 2.
const (
	exitWaiting  = 1
	exitSecurity = 3
)

func runStatus(args []string) int {
	flags := flag.NewFlagSet("status", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "answer in JSON")
	code := flags.Bool("exit-code", false, "end with 1 where something waits to be done, and with 3 where it is about safety")
	diff := flags.Bool("diff", false, "show what the kit has changed since, and what you have")
	words, err := parse(flags, "status [NAME…] [flags]", args)
	if err != nil {
		return told(err)
	}
	project, err := scaffold.Open(".")
	if err != nil {
		return told(err)
	}
	copies, err := project.Status(words...)
	if err != nil {
		return told(err)
	}
	if err := showStatus(project, copies, *asJSON, *diff); err != nil {
		return told(err)
	}
	if *code {
		return exitFor(copies)
	}
	return 0
}

func exitFor(copies []scaffold.Copy) int {
	worst := 0
	for _, c := range copies {
		switch c.State {
		case scaffold.Untouched, scaffold.Yours:
		case scaffold.Security:
			worst = exitSecurity
		default:
			worst = max(worst, exitWaiting)
		}
	}
	return worst
}

func showStatus(project *scaffold.Project, copies []scaffold.Copy, asJSON, diff bool) error {
	if asJSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(struct {
			Kit    string          `json:"kit"`
			Copies []scaffold.Copy `json:"copies"`
		}{project.Version(), append([]scaffold.Copy{}, copies...)})
	}
	if len(copies) == 0 {
		fmt.Println("Nothing is ejected: every page is the kit's. gatehouse eject --list says what there is.")
		return nil
	}
	waiting := false
	for _, c := range copies {
		fmt.Printf("%-10s  %s\n", c.State, c.Path)
		for _, why := range c.Safety {
			fmt.Printf("%-10s  %s\n", "", why)
		}
		if diff {
			if err := c.Diff(os.Stdout); err != nil {
				return err
			}
		}
		waiting = waiting || c.Ours && c.State != scaffold.Dropped
	}
	if waiting {
		fmt.Println("\ngatehouse update brings in what the kit has changed; gatehouse update --diff shows it.")
	}
	return nil
}

func runUpdate(args []string) error {
	flags := flag.NewFlagSet("update", flag.ContinueOnError)
	var s showing
	s.flags(flags)
	words, err := parse(flags, "update [NAME…] [flags]", args)
	if err != nil {
		return err
	}
	project, err := scaffold.Open(".")
	if err != nil {
		return err
	}
	plan, err := project.Update(words)
	if err != nil {
		return err
	}
	return s.carryOut(project, plan, func() {
		if plan.Idle() {
			fmt.Println("Nothing to do: the kit has changed nothing of what is ejected.")
			return
		}
		fmt.Println("Look at it by git diff, run your tests, and commit it together with .gatehouse/.")
	})
}

func runUneject(args []string) error {
	flags := flag.NewFlagSet("uneject", flag.ContinueOnError)
	var s showing
	all := flags.Bool("all", false, "everything that is ejected")
	force := flags.Bool("force", false, "delete copies with changes of yours too")
	s.flags(flags)
	words, err := parse(flags, "uneject NAME… | --all [flags]", args)
	if err != nil {
		return err
	}
	if *all == (len(words) > 0) {
		return misused{"name what to give back to the kit, such as: gatehouse uneject login; or all of it by --all"}
	}
	project, err := scaffold.Open(".")
	if err != nil {
		return err
	}
	plan, err := project.Uneject(words, *force)
	if err != nil {
		return err
	}
	return s.carryOut(project, plan, func() { fmt.Println("The kit's own is used again.") })
}
