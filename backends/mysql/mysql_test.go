package mysql

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/storetest"
	"github.com/rowan-db/rowan/store/tuple"
)

func TestConformance(t *testing.T) {
	kinds := storetest.AllKinds()
	kinds = without(kinds, tuple.KindInterval, tuple.KindOther)
	storetest.Run(t, storetest.Harness{
		Open:  openNew,
		Kinds: kinds,
		// Not decimals: 1.5 and 1.50 are one key. Not timestamps: neither are
		// a point in time and what a clock in UTC shows then.
		KeyKinds: without(kinds, tuple.KindJSON, tuple.KindDecimal, tuple.KindTimestamp),
		Stores:   reads,
		Lacks: []storetest.Capability{
			storetest.Ranks,
			storetest.Checks,
			storetest.OneFile,
			storetest.TupleOrder, // tables that others made have collations
		},
	})
}

// TestCompare does random work here and in memory, with keys that both sort
// alike.
func TestCompare(t *testing.T) {
	reference := mem.New()
	defer reference.Close()
	db := openNew(t).DB
	defer db.Close()
	storetest.Compare(t, db, reference)
}

func without(kinds []tuple.Kind, not ...tuple.Kind) []tuple.Kind {
	var rest []tuple.Kind
next:
	for _, k := range kinds {
		for _, n := range not {
			if k == n {
				continue next
			}
		}
		rest = append(rest, k)
	}
	return rest
}

// reads returns what a value reads back as, from a column that was made for it.
func reads(v tuple.Value) (tuple.Value, bool) {
	f := &facts{mariaDB: true, version: version{10, 11, 0}}
	held, err := stored(&driver.Column{Type: strings.ToLower(f.typeFor(v.Kind())), Kind: v.Kind()}, v)
	return held, err == nil
}

// server returns the address of the test server, and skips the test if there is
// none.
func server(t testing.TB) *url.URL {
	t.Helper()
	address := os.Getenv("ROWAN_TEST_MYSQL")
	if address == "" {
		t.Skip("ROWAN_TEST_MYSQL names no server")
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// connection returns how to reach a database of the test server.
func connection(t testing.TB, database string) driver.Connection {
	t.Helper()
	u := *server(t)
	password, _ := u.User.Password()
	u.User, u.Path = url.User(u.User.Username()), "/"+database
	return driver.Connection{
		URL:      &u,
		Password: func(context.Context) (string, error) { return password, nil },
	}
}

var databases atomic.Int64

// newDatabase makes a database, which is dropped after the test.
func newDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	run(t, "", "CREATE DATABASE "+name)
	t.Cleanup(func() { run(t, "", "DROP DATABASE "+name) })
	return name
}

// run runs statements as an administrator would.
func run(t testing.TB, database string, statements ...string) {
	t.Helper()
	c, _, err := newConnector(connection(t, database))
	if err != nil {
		t.Fatal(err)
	}
	db := c.open(forConsole)
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// opened opens a connection, which is closed after the test.
func opened(t testing.TB, to driver.Connection) driver.DB {
	t.Helper()
	db, err := Open(context.Background(), to)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func openNew(t *testing.T) storetest.Database {
	name := newDatabase(t)
	return storetest.Database{
		DB:     opened(t, connection(t, name)),
		Reopen: func(t *testing.T) driver.DB { return opened(t, connection(t, name)) },
		ReadOnly: func(t *testing.T) driver.DB {
			to := connection(t, name)
			to.ReadOnly = true
			return opened(t, to)
		},
	}
}
