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

	"github.com/gatehouse-go/gatehouse/scaffold/starter/site"
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
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(web.Command(os.Args[1:]))
}
