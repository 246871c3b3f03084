// Command starter is a web application with accounts.
//
//	go run .                    serve it on http://localhost:3000
//	go run . migrate status     tell how the database stands
//	go run . help               list the commands
package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"github.com/gatehouse-go/gatehouse/scaffold/starter/site"
)

// variables has what is wrong with a setting name the environment variable that it comes from.
var variables = strings.NewReplacer(
	"app: Config.URL", "URL", "app: Config.Secrets", "SECRETS", "app: Config.From", "FROM", "app: Config.Redis", "REDIS_URL",
	"app: Config.Mailer is nil: set one", "SMTP_URL is empty: set it",
)

func main() {
	web, err := site.New(site.Settings{
		Name:     "Starter",
		URL:      os.Getenv("URL"),
		Addr:     os.Getenv("ADDR"),
		Port:     os.Getenv("PORT"),
		Database: cmp.Or(os.Getenv("DATABASE_URL"), "sqlite:starter.db"),
		Redis:    os.Getenv("REDIS_URL"),
		Secrets:  os.Getenv("SECRETS"),
		SMTP:     os.Getenv("SMTP_URL"),
		From:     os.Getenv("FROM"),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, variables.Replace(err.Error()))
		os.Exit(1)
	}
	os.Exit(web.Command(os.Args[1:]))
}
