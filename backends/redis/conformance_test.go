package redis

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/storetest"
)

// serverEnv names the variable that holds the URL of a server whose databases
// the tests may empty.
const serverEnv = "ROWAN_TEST_REDIS"

// connection returns how to reach a database of the test server.
func connection(t *testing.T, db string) driver.Connection {
	t.Helper()
	text := os.Getenv(serverEnv)
	if text == "" {
		t.Skipf("%s is not set: it is the URL of a Redis server for tests", serverEnv)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	u.User = url.User(u.User.Username())
	u.Path = "/" + db
	return driver.Connection{
		URL:      u,
		Password: func(context.Context) (string, error) { return password, nil },
	}
}

// mustOpen opens a database until the end of the test.
func mustOpen(t *testing.T, c driver.Connection) driver.DB {
	t.Helper()
	db, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// plain connects as another program would, to an empty database.
func plain(t *testing.T, c driver.Connection) *client.Client {
	t.Helper()
	db, err := parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	rdb := client.NewClient(options(c, db))
	t.Cleanup(func() { _ = rdb.Close() })
	if err := rdb.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return rdb
}

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open: func(t *testing.T) storetest.Database {
			c := connection(t, "9")
			plain(t, c)
			readOnly := c
			readOnly.ReadOnly = true
			return storetest.Database{
				DB:       mustOpen(t, c),
				Reopen:   func(t *testing.T) driver.DB { return mustOpen(t, c) },
				ReadOnly: func(t *testing.T) driver.DB { return mustOpen(t, readOnly) },
			}
		},
		Kinds:    storetest.AllKinds(),
		KeyKinds: storetest.AllKinds(),
		Lacks: []storetest.Capability{
			storetest.Snapshots, storetest.Checks, storetest.Sorting, storetest.Definitions, storetest.Consoles, storetest.Detailing,
			storetest.OneFile,
		},
	})
}

func TestCompare(t *testing.T) {
	c := connection(t, "9")
	plain(t, c)
	reference := mem.New()
	defer reference.Close()
	storetest.Compare(t, mustOpen(t, c), reference)
}

func TestParse(t *testing.T) {
	for _, bad := range []string{"redis://h/a", "redis://h/-1", "redis://h/0?what=1"} {
		u, err := url.Parse(bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(u); driver.KindOf(err) != driver.Configuration {
			t.Errorf("%s: %v", bad, err)
		}
	}
	u, _ := url.Parse("redis://h:1/12?kvlayer=a_b&kvlayer=c_d")
	if p, err := parse(u); err != nil || p.db != 12 || strings.Join(p.kvlayer, " ") != "a_b c_d" {
		t.Errorf("%+v, %v", p, err)
	}
}
