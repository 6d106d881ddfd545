package backends

import (
	"bytes"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// shop is a schema as real ones are, in a database of its own, and the
// database's own client, which tells what is really there.
type shop struct {
	*testing.T
	url *url.URL
	// run gives statements to the client and returns what it prints.
	run func(db, statements string) string
	// dump is the statement that prints a table, a row to a line and a tab
	// between columns.
	dump func(table string) string
}

// edits are what is typed into the columns of one row of a table. A table
// without any cannot be written.
type edits map[string]string

const shopDatabase = "rowan_shop"

// serverURL returns the URL of a server, with another database.
func serverURL(t *testing.T, variable, db string) *url.URL {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		t.Skipf("%s names no server: run the tests with e2e/servers/cmd/withservers", variable)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if db != "" {
		u.Path = "/" + db
	}
	return u
}

// client runs a database's client.
func client(t *testing.T, input string, env []string, argv ...string) string {
	t.Helper()
	cmd := exec.Command(program(t, argv[0]), argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin = strings.NewReader(input)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v: %s", argv[0], err, problems.String())
	}
	return out.String()
}

// program finds a client, also where Debian keeps those of PostgreSQL.
func program(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no %s: install the database's client", name)
	}
	return found[len(found)-1]
}

func postgresShop(t *testing.T) *shop {
	s := postgresServer(t)
	s.url = serverURL(t, postgresVariable, shopDatabase)
	s.load("shop_postgres.sql")
	return s
}

const (
	postgresVariable = "ROWAN_TEST_POSTGRES"
	mysqlVariable    = "ROWAN_TEST_MYSQL"
)

// postgresServer is the server's own database, and psql.
func postgresServer(t *testing.T) *shop {
	admin := serverURL(t, postgresVariable, "")
	s := &shop{T: t, url: admin}
	s.run = func(db, statements string) string {
		u := *admin
		if db != "" {
			u.Path = "/" + db
		}
		password, _ := u.User.Password()
		u.User = url.User(u.User.Username())
		return client(t, statements, []string{"PGPASSWORD=" + password}, "psql", "-qXAt", "-v", "ON_ERROR_STOP=1", u.String())
	}
	s.dump = func(table string) string { return "copy (select * from " + postgresName(table) + ") to stdout" }
	return s
}

// postgresName quotes a name as rowan shows it: the schema is left out if it is
// public, and a name is quoted only if it needs that to be told from others.
func postgresName(table string) string {
	schema, name, ok := strings.Cut(table, ".")
	if !ok {
		schema, name = "public", table
	}
	quote := func(s string) string {
		if strings.HasPrefix(s, `"`) {
			return s
		}
		return `"` + s + `"`
	}
	return quote(schema) + "." + quote(name)
}

func mysqlShop(t *testing.T) *shop {
	s := mysqlServer(t)
	s.url = serverURL(t, mysqlVariable, shopDatabase)
	s.load("shop_mysql.sql")
	return s
}

// mysqlServer is the server's own database, and the client of MariaDB.
func mysqlServer(t *testing.T) *shop {
	s := &shop{T: t, url: serverURL(t, mysqlVariable, "")}
	s.run = func(db, statements string) string {
		password, _ := s.url.User.Password()
		return client(t, statements, []string{"MYSQL_PWD=" + password}, "mariadb", "--no-defaults", "-N", "-B", "--binary-as-hex",
			"--default-character-set=utf8mb4", "-h", s.url.Hostname(), "-P", s.url.Port(), "-u", s.url.User.Username(), "-D", db)
	}
	s.dump = func(table string) string {
		columns := "*"
		if table == "products" {
			columns += ", hidden" // it is invisible
		}
		if !strings.HasPrefix(table, "`") {
			table = "`" + table + "`"
		}
		return "select " + columns + " from " + table
	}
	return s
}

// load makes the database anew.
func (s *shop) load(file string) {
	s.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		s.Fatal(err)
	}
	s.run("", "drop database if exists "+shopDatabase+";\n")
	s.run("", "create database "+shopDatabase+";\n")
	s.Cleanup(func() { s.run("", "drop database if exists "+shopDatabase+";\n") })
	s.run(shopDatabase, string(text))
}

// lines returns the rows of a table as the client prints them, sorted.
func (s *shop) lines(table string) []string {
	s.Helper()
	out := strings.TrimSuffix(s.run(shopDatabase, s.dump(table)+";\n"), "\n")
	if out == "" {
		return nil
	}
	lines := strings.Split(out, "\n")
	slices.Sort(lines)
	return lines
}

func (s *shop) open() *store.Store {
	s.Helper()
	st, err := Open(s.Context(), s.url.String(), Options{})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := st.Close(); err != nil {
			s.Errorf("close: %v", err)
		}
	})
	return st
}

// browse reads a table from one end to the other and back, by windows as the
// grid does, and returns its keys.
func (s *shop) browse(t *store.Table) []tuple.Tuple {
	s.Helper()
	view := t.View(store.ViewOptions{MaxValue: 1000})
	forward := s.walk(view, false)
	backward := s.walk(view, true)
	slices.Reverse(backward)
	if !slices.EqualFunc(forward, backward, tuple.Tuple.Equal) {
		s.Errorf("%s: %d rows forward, %d backward, or in another order", t.Name(), len(forward), len(backward))
	}
	return forward
}

func (s *shop) walk(view *store.View, backward bool) (keys []tuple.Tuple) {
	s.Helper()
	at := store.Anchor{Backward: backward}
	for {
		w, err := view.Read(s.Context(), at, 37)
		if err != nil {
			s.Fatalf("%s after %d rows, backward %t: %v", view.Schema().Name, len(keys), backward, err)
		}
		if backward {
			slices.Reverse(w.Rows)
		}
		for _, row := range w.Rows {
			keys = append(keys, row.Key)
		}
		more := w.After
		if backward {
			more = w.Before
		}
		if !more || len(w.Rows) == 0 {
			return keys
		}
		at.Key = keys[len(keys)-1]
	}
}

// stage types what is to be edited into a row in the middle of a table, and
// returns the places of the columns in the client's lines.
func (s *shop) stage(changes *store.ChangeSet, t *store.Table, keys []tuple.Tuple, typed edits) {
	s.Helper()
	rows, err := t.Get(s.Context(), keys[len(keys)/2])
	if err != nil || rows[0] == nil {
		s.Fatalf("%s: the row %v: %v, %v", t.Name(), keys[len(keys)/2], rows, err)
	}
	sc := t.Schema()
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		i := slices.IndexFunc(sc.Columns, func(c store.Column) bool { return c.Name == name })
		if i < 0 {
			s.Fatalf("%s has no column %s", t.Name(), name)
		}
		v, err := tuple.ParseAs(sc.Columns[i].Kind, sc.Columns[i].Type, typed[name])
		if err != nil {
			s.Errorf("%s.%s: %v", t.Name(), name, err)
			continue
		}
		if err := changes.Edit(sc, *rows[0], len(sc.Key)+i, v); err != nil {
			s.Errorf("%s.%s: %v", t.Name(), name, err)
		}
	}
}

// testShop browses all tables to their ends, edits one row of each that can be
// written, in one commit, and asks the database's client what has changed. Also
// are the tables in which the same rows are seen, with the number of columns
// that change in them, or less than 0 if that is not to be told.
func testShop(s *shop, tables map[string]edits, also map[string]int) {
	st := s.open()
	writer, err := st.Writer()
	if err != nil {
		s.Fatal(err)
	}
	infos, err := st.Tables(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	var names []string
	before := map[string][]string{}
	changes := store.NewChangeSet()
	for _, info := range infos {
		typed, known := tables[info.Name]
		if !known {
			s.Errorf("there is a %s %s, which the test does not know", info.Kind, info.Name)
			continue
		}
		names = append(names, info.Name)
		t, err := st.Table(s.Context(), info.Name)
		if err != nil {
			s.Fatalf("%s: %v", info.Name, err)
		}
		before[info.Name] = s.lines(info.Name)
		keys := s.browse(t)
		if len(keys) != len(before[info.Name]) {
			s.Errorf("%s: %d rows, the client has %d", info.Name, len(keys), len(before[info.Name]))
		}
		if writable := t.Schema().ReadOnly == ""; writable != (typed != nil) {
			s.Errorf("%s: read-only is %q", info.Name, t.Schema().ReadOnly)
		}
		if len(typed) > 0 {
			s.stage(changes, t, keys, typed)
		}
	}
	if len(names) != len(tables) {
		s.Errorf("tables: %q, want %q", names, slices.Sorted(maps.Keys(tables)))
	}
	result, err := writer.Commit(s.Context(), changes)
	if err != nil || len(result.Conflicts) > 0 {
		s.Fatalf("commit: %+v, %v", result, err)
	}
	for _, name := range names {
		if also[name] < 0 {
			continue // a view of rows that were edited
		}
		s.changed(name, before[name], s.lines(name), len(tables[name])+also[name])
	}
}

// changed checks that exactly one row of a table is another, in so many
// columns; or none, if that is 0.
func (s *shop) changed(table string, before, after []string, columns int) {
	s.Helper()
	gone, come := without(before, after), without(after, before)
	if columns == 0 {
		if len(gone)+len(come) > 0 {
			s.Errorf("%s was not edited, but lost %q and got %q", table, gone, come)
		}
		return
	}
	if len(gone) != 1 || len(come) != 1 {
		s.Errorf("%s: %d rows have gone and %d come, want one each", table, len(gone), len(come))
		return
	}
	old, now := strings.Split(gone[0], "\t"), strings.Split(come[0], "\t")
	different := 0
	for i := range old {
		if i < len(now) && old[i] != now[i] {
			different++
		}
	}
	if different != columns {
		s.Errorf("%s: %d columns of the row are others, want %d:\n%.300s\n%.300s", table, different, columns, gone[0], come[0])
	}
}

// without returns the lines of a that are not in b, as often as they are not.
func without(a, b []string) (rest []string) {
	count := map[string]int{}
	for _, line := range b {
		count[line]++
	}
	for _, line := range a {
		if count[line]--; count[line] < 0 {
			rest = append(rest, line)
		}
	}
	return rest
}

func TestShopOnPostgres(t *testing.T) {
	testShop(postgresShop(t), map[string]edits{
		"customers": {
			"name": "Ünï \t\n\\", "address": "new@example.org", "tags": `{a,"b c",NULL}`, "settings": `{"k": [1, null]}`, "raw": `{"z":1,  "a":2}`,
			"born": "0001-01-01", "created": "2031-01-02T03:04:05.000001Z", "credit": "-12.50", "active": "false",
		},
		"stock.warehouses": {"place": "(3,4)", "area": "((0,0),(2,0),(2,2))", "phone": ""},
		"stock.products":   {"picture": "00ff", "size": "(9.5,,1)", "words": "'blue':1 'hat':2", "amount": "0"},
		"orders":           {"state": "returned", "placed": "2026-02-28T23:59:59.5", "patience": "P1Y2M3DT4H5M6.5S", "total": "$1,234.50", "note": "NULL"},
		"order_items":      {"pieces": "77"},
		"stock.prices":     {"during": `[2026-01-01 00:00:00+00,2027-01-01 00:00:00+00)`, "numbers": "empty", "amounts": "(1.5,2.5]", "days": `{"[2026-05-01,2026-06-01)"}`},
		"stock.blobs":      {"size": "9223372036854775807"},
		"hosts":            {"network": "192.168.0.0/24", "mac": "ff:00:2b:01:02:03", "mac8": "ff:00:2b:01:02:03:04:05", "flags": "11111111", "mask": "1"},
		"shapes": {
			"line": "{3,2,1}", "segment": "[(5,5),(6,6)]", "box": "(9,9),(1,1)", "path": "((0,0),(1,1),(2,0))", "circle": "<(1,1),2>", "doc": "<b>&lt;</b>",
			"query": "'blue' & 'hat'", "single": "-1.5", "double": "1e-300", "big": "12345678901234567890.123456789", "clock": "23:59:59.999999",
			"zoned": "01:02:03-08", "far": "2000-02-29", "ever": "2000-02-29T12:00:00",
		},
		"coupons":                            {"worth": "-1"},
		"visits":                             nil,
		"events":                             {"what": "edited"},
		"events_2025":                        {},
		"events_2026":                        {},
		`Mixed Case."Übersicht ""täglich"""`: {"select": "-5", "a b": "edited"},
		"categories":                         {"name": "edited"},
		"product_categories":                 {},
		"people":                             nil,
		"staff":                              {},
		"readings":                           {"value": "0.5"},
		"documents":                          {"nothing": "something"},
		"empty":                              {},
		"customer_totals":                    nil,
		"paid_orders":                        nil,
		"product_words":                      nil,
	}, map[string]int{"events_2026": 1, "customer_totals": -1, "paid_orders": -1})
}

func TestShopOnMariaDB(t *testing.T) {
	testShop(mysqlShop(t), map[string]edits{
		"customers": {
			"name": "Ünï \t\n\\", "address": "new@example.org", "born": "2000-02-29", "created": "2031-01-02T03:04:05.000001Z", "credit": "-12.50", "active": "0",
			"settings": `{"k": [1, null]}`, "interests": "music,sports",
		},
		"warehouses":                    {"phone": ""},
		"products":                      {"picture": "00ff", "amount": "4294967295", "hidden": "8"},
		"orders":                        {"state": "returned", "placed": "2026-02-28T23:59:59.5", "patience": "-1:30:00.25", "note": "edited"},
		"order_items":                   {"pieces": "8388607"},
		"prices":                        {"amount": "-1e300", "single": "0.5", "years": "2155"},
		"blobs":                         {"size": "18446744073709551615"},
		"hosts":                         {"flags": "11111111", "many": "1", "tiny": "255"},
		"shapes":                        {"clock": "838:59:59", "far": "1000-01-01", "doc": "<b/>", "small": "00", "medium": "ff00"},
		"zero_dates":                    {"d": "2026-01-01"},
		"codes":                         {"worth": "-1"},
		"visits":                        nil,
		"events":                        {"what": "edited"},
		"`Übersicht \"täglich\" ``x```": {"select": "-5", "a b": "edited"},
		"categories":                    {"name": "edited"},
		"product_categories":            {},
		"levels":                        {"what": "edit"},
		"ids":                           {"what": "fe80::1"},
		"readings":                      {"value": "0.5"},
		"documents":                     {"nothing": "something"},
		"empty":                         {},
		"customer_totals":               nil,
		"paid_orders":                   nil,
	}, map[string]int{"customer_totals": -1, "paid_orders": -1})
}
