package postgres

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// serverVariable holds the URL of a real server. Withservers sets it; CI fails
// if a test was skipped.
const serverVariable = "ROWAN_TEST_POSTGRES"

// server returns the URL of the server that the tests need.
func server(t testing.TB) *url.URL {
	t.Helper()
	text := os.Getenv(serverVariable)
	if text == "" {
		t.Skipf("%s names no server: run the tests with e2e/servers/cmd/withservers", serverVariable)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// connectionTo is what a profile makes of a URL.
func connectionTo(u *url.URL) driver.Connection {
	clean := *u
	password, known := u.User.Password()
	clean.User = url.User(u.User.Username())
	c := driver.Connection{URL: &clean}
	if known {
		c.Password = func(context.Context) (string, error) { return password, nil }
	}
	return c
}

// databases are those that this run of the tests has made: to empty one takes a
// tenth of the time that a new one does.
var databases struct {
	mu   sync.Mutex
	made []string
	free []string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if text := os.Getenv(serverVariable); text != "" {
		if err := dropDatabases(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func dropDatabases(server string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, name := range databases.made {
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	return nil
}

// newDatabase returns an empty database, which is the test's own.
func newDatabase(t testing.TB) *url.URL {
	t.Helper()
	own := *server(t)
	databases.mu.Lock()
	defer databases.mu.Unlock()
	if n := len(databases.free); n > 0 {
		own.Path, databases.free = "/"+databases.free[n-1], databases.free[:n-1]
	} else {
		name := fmt.Sprintf("test_%d_%d", os.Getpid(), len(databases.made))
		runSQL(t, &own, "CREATE DATABASE "+name+" TEMPLATE template0")
		databases.made = append(databases.made, name)
		own.Path = "/" + name
	}
	t.Cleanup(func() { giveBack(t, &own) })
	return &own
}

// emptyDatabase removes all that a test may have left.
const emptyDatabase = `
DO $$ DECLARE s text; BEGIN
	FOR s IN SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' LOOP
		EXECUTE format('DROP SCHEMA %I CASCADE', s);
	END LOOP;
	EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());
	PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
END $$;
CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC`

// giveBack lets another test have the database, unless it cannot be emptied at
// once, as with ten thousand tables, or a failure may have left anything in it.
func giveBack(t testing.TB, u *url.URL) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, emptyDatabase).ReadAll(); err != nil || t.Failed() {
		return
	}
	databases.mu.Lock()
	defer databases.mu.Unlock()
	databases.free = append(databases.free, strings.TrimPrefix(u.Path, "/"))
}

// runSQL runs statements on a connection of their own.
func runSQL(t testing.TB, u *url.URL, statements string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, statements).ReadAll(); err != nil {
		t.Fatalf("%s: %v", clip(statements), err)
	}
}

// askSQL returns the result of a query: columns separated by |, rows by a line
// break.
func askSQL(t testing.TB, u *url.URL, query string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	results, err := conn.PgConn().Exec(ctx, query).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", clip(query), err)
	}
	var lines []string
	for _, r := range results {
		for _, row := range r.Rows {
			var cells []string
			for _, cell := range row {
				cells = append(cells, string(cell))
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return strings.Join(lines, "\n")
}

// openAt opens a database until the end of the test.
func openAt(t testing.TB, c driver.Connection) driver.DB {
	t.Helper()
	db, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// made returns a database in which statements have been run.
func made(t testing.TB, statements string) (driver.DB, *url.URL) {
	t.Helper()
	u := newDatabase(t)
	runSQL(t, u, statements)
	return openAt(t, connectionTo(u)), u
}

func described(t testing.TB, db driver.DB, table string) *driver.Schema {
	t.Helper()
	s, err := db.Describe(context.Background(), table)
	if err != nil {
		t.Fatalf("describe %s: %v", table, err)
	}
	return s
}

// all returns the rows of a table in key order.
func all(t testing.TB, r driver.Reader, s *driver.Schema) []driver.Row {
	t.Helper()
	page, err := r.Scan(context.Background(), s, driver.Query{Limit: 1 << 20})
	if err != nil {
		t.Fatalf("scan %s: %v", s.Name, err)
	}
	return page.Rows
}

func key(vs ...tuple.Value) tuple.Tuple { return vs }

// waitFor asks until a query has a result.
func waitFor(t testing.TB, u *url.URL, query, want string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for {
		var got string
		if err := conn.QueryRow(ctx, "SELECT ("+query+")::text").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got == want {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%s: %s, want %s", query, got, want)
		default:
		}
	}
}

// asUser returns a URL with another user.
func asUser(u *url.URL, name string) *url.URL {
	other := *u
	other.User = url.User(name)
	return &other
}
