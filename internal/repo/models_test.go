package repo

import (
	"go/ast"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	modelHeading = regexp.MustCompile(`(?m)^## ([a-z_]+)$`)
	modelRow     = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (.+) \\| (.+) \\|$")
)

// Whoever has to say what is kept about people, and for how long, finds every table and column.
func TestEveryColumnIsDocumented(t *testing.T) {
	t.Parallel()
	const name = "docs/models.md"
	page := read(t, name)
	said := map[string][]string{}
	headings := modelHeading.FindAllStringSubmatchIndex(page, -1)
	for i, at := range headings {
		end := len(page)
		if i+1 < len(headings) {
			end = headings[i+1][0]
		}
		table := page[at[2]:at[3]]
		for _, row := range modelRow.FindAllStringSubmatch(page[at[0]:end], -1) {
			said[table] = append(said[table], row[1])
		}
		if !strings.Contains(page[:headings[0][0]], "[`"+table+"`](#"+table+")") {
			t.Errorf("%s: who writes and who deletes %s is not said", name, table)
		}
	}
	tables := models(t)
	for table, columns := range tables {
		slices.Sort(columns)
		slices.Sort(said[table])
		if !slices.Equal(columns, said[table]) {
			t.Errorf("%s: table %s has the columns\n%q, and its page says\n%q", name, table, columns, said[table])
		}
	}
	for table := range said {
		if tables[table] == nil {
			t.Errorf("%s: there is no table %s", name, table)
		}
	}
	if len(tables) < 15 {
		t.Errorf("only %d tables were found", len(tables))
	}
}

// models are the columns of every table, by the tags of the structs of package db.
func models(tb testing.TB) map[string][]string {
	tb.Helper()
	tables := map[string][]string{}
	for _, s := range sources(tb) {
		if s.folder() != "db" || s.test() {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			kind, ok := node.(*ast.StructType)
			if !ok {
				return true
			}
			table, columns := "", []string(nil)
			for _, field := range kind.Fields.List {
				if field.Tag == nil {
					continue
				}
				tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("bun")
				first, rest, _ := strings.Cut(tag, ",")
				switch named, is := strings.CutPrefix(first, "table:"); {
				case is:
					table = named
				case strings.HasPrefix(first, "rel:"), strings.Contains(rest, "scanonly"), first == "":
				default:
					columns = append(columns, first)
				}
			}
			if table != "" {
				tables[table] = columns
			}
			return true
		})
	}
	return tables
}
