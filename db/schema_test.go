package db_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

func models() []any {
	return []any{
		db.User{},
		db.Address{},
		db.FormerUsername{},
		db.Role{},
		db.UserRole{},
		db.RolePermission{},
		db.Session{},
		db.Flow{},
		db.Token{},
		db.Attempt{},
		db.RememberFamily{},
		db.Device{},
		db.OutboxMail{},
		db.AuditRow{},
		db.Invitation{},
	}
}

type column struct {
	Name     string
	Type     string
	Nullable bool
}

type index struct {
	Name    string
	Unique  bool
	Partial bool
	Columns string
}

func allTables(t testing.TB, opened *bun.DB) (names []string) {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
	if isPostgres(opened) {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE \"C\""
	}
	must(t, opened.NewRaw(query).Scan(t.Context(), &names))
	return names
}

func columnsOf(t testing.TB, opened *bun.DB, table string) (columns []column) {
	t.Helper()
	query := `SELECT name, lower(type) AS type, "notnull" = 0 AS nullable FROM pragma_table_info(?) ORDER BY cid`
	if isPostgres(opened) {
		query = `SELECT column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable
			FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position`
	}
	must(t, opened.NewRaw(query, table).Scan(t.Context(), &columns))
	return columns
}

func indexesOf(t testing.TB, opened *bun.DB, table string) (indexes []index) {
	t.Helper()
	query := `SELECT CASE l.origin WHEN 'pk' THEN ?0 || '_pkey' ELSE l.name END AS name, l."unique", l.partial,
			(SELECT group_concat(name, ' ' ORDER BY seqno) FROM pragma_index_info(l.name)) AS columns
		FROM pragma_index_list(?0) AS l`
	if isPostgres(opened) {
		query = `SELECT c.relname AS name, i.indisunique AS "unique", i.indpred IS NOT NULL AS partial,
				(SELECT string_agg(a.attname, ' ' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, n)
					JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) AS columns
			FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = ?0::regclass`
	}
	must(t, opened.NewRaw(query, table).Scan(t.Context(), &indexes))
	slices.SortFunc(indexes, func(a, b index) int { return cmp.Compare(a.Name, b.Name) })
	return indexes
}

// foreignKeysOf lists "user_id → users on delete CASCADE".
func foreignKeysOf(t testing.TB, opened *bun.DB, table string) (keys []string) {
	t.Helper()
	query := `SELECT "from" || ' → ' || "table" || '.' || "to" || ' on delete ' || on_delete FROM pragma_foreign_key_list(?) ORDER BY 1`
	if isPostgres(opened) {
		query = `SELECT a.attname || ' → ' || r.relname || '.' || b.attname || ' on delete ' ||
				CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE k.confdeltype::text END
			FROM pg_constraint AS k JOIN pg_class AS r ON r.oid = k.confrelid
			JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
			JOIN pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
			WHERE k.contype = 'f' AND k.conrelid = ?::regclass ORDER BY 1`
	}
	must(t, opened.NewRaw(query, table).Scan(t.Context(), &keys))
	return keys
}

// describe is everything about the tables but what their types are called.
func describe(t testing.TB, opened *bun.DB) string {
	t.Helper()
	var text strings.Builder
	for _, table := range allTables(t, opened) {
		fmt.Fprintf(&text, "table %s\n", table)
		for _, column := range columnsOf(t, opened, table) {
			fmt.Fprintf(&text, "  column %s nullable=%t\n", column.Name, column.Nullable)
		}
		for _, index := range indexesOf(t, opened, table) {
			fmt.Fprintf(&text, "  index %+v\n", index)
		}
		for _, key := range foreignKeysOf(t, opened, table) {
			fmt.Fprintf(&text, "  foreign key %s\n", key)
		}
	}
	return text.String()
}

func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	t.Parallel()
	lite, postgres := describe(t, dbtest.SQLite(t)), describe(t, dbtest.Postgres(t))
	if lite == postgres {
		return
	}
	here, there := strings.Split(lite, "\n"), strings.Split(postgres, "\n")
	for _, line := range here {
		if !slices.Contains(there, line) {
			t.Errorf("only on SQLite: %s", line)
		}
	}
	for _, line := range there {
		if !slices.Contains(here, line) {
			t.Errorf("only on Postgres: %s", line)
		}
	}
	t.Errorf("the tables differ; on SQLite:\n%s\non Postgres:\n%s", lite, postgres)
}

func TestTablesAreTheModels(t *testing.T) {
	t.Parallel()
	// What a Go field is called in the databases.
	types := map[string][2]string{
		"uuid.UUID": {"text", "uuid"}, "string": {"text", "text"}, "[]uint8": {"blob", "bytea"}, "int64": {"bigint", "bigint"},
		"bool": {"boolean", "boolean"}, "time.Time": {"timestamp", "timestamp with time zone"},
		"db.Methods": {"text", "jsonb"}, "map[string]string": {"text", "jsonb"},
	}
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		dialect := 0
		if isPostgres(opened) {
			dialect = 1
		}
		tables := []string{"gatehouse_migrations"}
		for _, model := range models() {
			table := opened.Table(reflect.TypeOf(model))
			tables = append(tables, table.Name)
			var want []column
			for _, field := range table.Fields {
				nullable := !field.NotNull && !field.IsPK
				want = append(want, column{field.Name, types[field.StructField.Type.String()][dialect], nullable})
			}
			if got := columnsOf(t, opened, table.Name); !slices.Equal(got, want) {
				t.Errorf("table %s\nhas  %v\nwants %v", table.Name, got, want)
			}
		}
		slices.Sort(tables)
		if got := allTables(t, opened); !slices.Equal(got, tables) {
			t.Errorf("tables %v, models %v", got, tables)
		}
	})
}

// The list of models above must not go stale.
func TestModelsAreAllHere(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	must(t, err)
	tag := regexp.MustCompile("bun.BaseModel +`bun:\"table:")
	declared := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		must(t, err)
		declared += len(tag.FindAll(source, -1))
	}
	if declared != len(models()) {
		t.Errorf("%d models are declared, %d are tested", declared, len(models()))
	}
}
