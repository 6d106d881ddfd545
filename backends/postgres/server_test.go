package postgres

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
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

var databases atomic.Int64

// newDatabase makes an empty database, which is dropped after the test.
func newDatabase(t testing.TB) *url.URL {
	t.Helper()
	u := server(t)
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	runSQL(t, u, "CREATE DATABASE "+name+" TEMPLATE template0")
	t.Cleanup(func() { runSQL(t, u, "DROP DATABASE "+name+" WITH (FORCE)") })
	own := *u
	own.Path = "/" + name
	return &own
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
