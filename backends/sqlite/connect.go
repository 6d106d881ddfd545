//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// access is what a connection may do.
type access struct {
	// mode is the mode of SQLite's URI: ro, rw, or rwc to create the file.
	mode string
	// queryOnly refuses statements that write.
	queryOnly bool
	// immutable says that nobody can change the file.
	immutable bool
}

// connector opens connections that are all set up alike. Each is set up while
// it is opened: a setting that is made through a pool would reach one of its
// connections only.
type connector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

func (c *connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

func (c *connector) Driver() driver.Driver { return c.driver }

// pool returns a pool of connections to the file at path.
func pool(path string, a access) *sql.DB {
	return sql.OpenDB(&connector{
		driver: &sqlite3.SQLiteDriver{ConnectHook: setUp},
		dsn:    dsn(path, a),
	})
}

// setUp guards against what a database from elsewhere may hold: its views and
// triggers must not call functions that have side effects.
func setUp(c *sqlite3.SQLiteConn) error {
	_, err := c.Exec("PRAGMA trusted_schema = OFF", nil)
	return err
}

// busyStep is how many milliseconds SQLite itself waits for a lock. It cannot
// be canceled meanwhile; see waiter for the rest.
const busyStep = "20"

func dsn(path string, a access) string {
	q := url.Values{}
	q.Set("mode", a.mode)
	q.Set("_busy_timeout", busyStep)
	q.Set("_stmt_cache_size", "64")
	q.Set("_foreign_keys", "on")
	q.Set("_synchronous", "FULL")
	if a.queryOnly {
		q.Set("_query_only", "on")
	}
	if a.immutable {
		q.Set("immutable", "1")
	}
	return fileURI(path) + "?" + q.Encode()
}

// fileURI returns path as SQLite reads it in a URI, whatever characters it has.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		path = "/" + path
	}
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// autoCommits reports whether a connection is in no transaction.
func autoCommits(conn *sql.Conn) bool {
	auto := true
	_ = conn.Raw(func(c any) error {
		auto = c.(*sqlite3.SQLiteConn).AutoCommit()
		return nil
	})
	return auto
}
