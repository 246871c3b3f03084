// Package db holds the application's own migrations. The account tables are the kit's, which
// brings its migrations along.
package db

import (
	"embed"
	"io/fs"
)

//go:embed migrations
var migrations embed.FS

// Migrations are the files of the folder migrations, whose README says how to add one.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return files
}
