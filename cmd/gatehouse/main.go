// Command gatehouse starts applications with accounts, and shows one.
//
//	gatehouse demo              run the application that new writes, with a database file of its own
//	gatehouse new DIR           write an application of one's own
//	gatehouse dev               run the application, again whenever a source changes
//	gatehouse generate          write Go from .templ files
//	gatehouse eject NAME…       copy pages of the kit into the application, to be changed there
//	gatehouse status            say which of them the kit has changed since
//	gatehouse update            merge what the kit has changed into them
//	gatehouse uneject NAME…     give them back to the kit
//	gatehouse version           say which version this is
//
// Any other word is a command of the application in whose project it is said: gatehouse routes is
// go run . routes there.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gatehouse-go/gatehouse/scaffold"
)

const usage = `Usage: gatehouse COMMAND

  demo [--addr HOST:PORT] [--data DIR] [--db URL] [COMMAND]
                      run the application that new writes; gatehouse demo help lists its commands
  new DIR [--module PATH] [--force] [--checkout DIR]
                      write an application of your own
  dev [COMMAND]       run the project's application, again whenever a source changes
  generate [DIR]      write Go from the .templ files in a folder
  eject NAME… | --all | --mails | --list [--dir DIR] [--force]
                      copy pages, mails and elements into the project, to be yours
  status [NAME…] [--json] [--exit-code] [--diff]
                      say which of them you have changed, and which the kit has
  update [NAME…]      merge what the kit has changed into them
  uneject NAME… | --all [--force]
                      give them back to the kit
  version             say which version this is
  help                say this

eject, update and uneject say what they would do with --dry-run, and show it with --diff.
Inside a project, any other command is the application's own: gatehouse routes,
gatehouse migrate status and so on. gatehouse serve runs it.
`

func main() { os.Exit(run(os.Args[1:])) }

// run returns what to end the program with. Errors are told in one sentence.
func run(args []string) int {
	word := "help"
	if len(args) > 0 {
		word, args = args[0], args[1:]
	}
	switch word {
	case "demo":
		return runDemo(args)
	case "new":
		return told(runNew(args))
	case "dev":
		return runDev(args)
	case "generate":
		return told(runGenerate(args))
	case "eject":
		return told(runEject(args))
	case "status":
		return runStatus(args)
	case "update":
		return told(runUpdate(args))
	case "uneject":
		return told(runUneject(args))
	case "version", "-version", "--version":
		fmt.Println("gatehouse", scaffold.Version())
		return 0
	case "help", "-h", "-help", "--help":
		fmt.Print(usage)
		return 0
	}
	return runProject(append([]string{word}, args...))
}

// told ends the program: 2 where the command line itself is wrong, as package flag does.
func told(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, new(misused)):
		fmt.Fprintln(os.Stderr, "gatehouse:", err)
		return 2
	}
	fmt.Fprintln(os.Stderr, "gatehouse:", err)
	return 1
}

// misused is a command line that cannot be understood.
type misused struct{ say string }

func (m misused) Error() string { return m.say }

// parse reads flags wherever they stand among the words, and returns the words.
func parse(flags *flag.FlagSet, about string, args []string) (words []string, err error) {
	flags.SetOutput(io.Discard)
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Print("Usage: gatehouse ", about, "\n\n")
			flags.SetOutput(os.Stdout)
			flags.PrintDefaults()
			return nil, err
		}
		if err != nil {
			return nil, misused{fmt.Sprintf("%v; gatehouse %s --help says what there is", err, flags.Name())}
		}
		if flags.NArg() == 0 {
			return words, nil
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
}

func runNew(args []string) error {
	flags := flag.NewFlagSet("new", flag.ContinueOnError)
	var o scaffold.Options
	flags.StringVar(&o.Module, "module", "", "the module `path`; the default is example.com/ and the folder's name")
	flags.BoolVar(&o.Force, "force", false, "write into a folder that is not empty, over files of the same names")
	flags.StringVar(&o.Checkout, "checkout", "", "the `folder` of the Gatehouse source to build with; the default is the one that this command was built from")
	words, err := parse(flags, "new DIR [flags]", args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return misused{"name the one folder to write into, such as: gatehouse new shop"}
	}
	o.Dir = words[0]
	made, err := scaffold.New(o)
	if err != nil {
		return err
	}
	for _, name := range made.Replaced {
		fmt.Println("overwritten:", name)
	}
	fmt.Printf("%s is in %s, as module %s. Go on with:\n\n  cd %s\n  go test ./...\n  go run .\n", made.Name, made.Dir, made.Module, quoted(o.Dir))
	return nil
}

// quoted is a folder as a shell takes it.
func quoted(dir string) string {
	if strings.ContainsAny(dir, " \t'\"$&;()<>|*?[]#~`\\!{}") {
		return "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	}
	return dir
}

func runGenerate(args []string) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	words, err := parse(flags, "generate [DIR]", args)
	if err != nil {
		return err
	}
	switch len(words) {
	case 0:
		return scaffold.Generate(".")
	case 1:
		return scaffold.Generate(words[0])
	}
	return misused{"name one folder at most"}
}
