package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	native "github.com/go-sql-driver/mysql"

	"github.com/rowan-db/rowan/store/driver"
)

// mode is what a connection is for, and so what it may do.
type mode uint8

const (
	forReading         mode = iota // of rows, by statements of this package; it cannot write
	forWriting                     // of rows, by statements of this package
	forConsole                     // whatever people type
	forReadOnlyConsole             // the same, but it cannot write
)

// connector opens connections that are all set up alike.
type connector struct {
	native  sqldriver.Connector
	mode    mode
	startup []string
	timeout time.Duration // of a statement
	// patience is how long it may take until a connection can be used.
	patience time.Duration
}

var _ sqldriver.Connector = (*connector)(nil)

// Driver implements [sqldriver.Connector].
func (c *connector) Driver() sqldriver.Driver { return c.native.Driver() }

// Connect implements [sqldriver.Connector].
func (c *connector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	outer := callers(ctx)
	ctx, cancel := context.WithTimeout(outer, c.patience)
	defer cancel()
	made := &conn{kill: c.kill}
	opened, err := c.native.Connect(context.WithValue(ctx, linkKey{}, &made.link))
	if err == nil {
		made.nativeConn = opened.(nativeConn)
		if err = c.setUp(ctx, made); err != nil {
			_ = opened.Close()
		}
	}
	switch {
	case err == nil:
		return made, nil
	case ctx.Err() != nil && outer.Err() == nil:
		return nil, driver.Errorf(driver.Unavailable, "the server has not answered within %v: %w", c.patience, err)
	}
	return nil, err
}

// linkKey is under which a context holds where to put the connection that is
// dialed with it.
type linkKey struct{}

// dialFunc dials a server.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// keepLink returns a function that dials, and puts the connection where the
// context says.
func keepLink(dial dialFunc) dialFunc {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		link, err := dial(ctx, network, address)
		if to, ok := ctx.Value(linkKey{}).(*net.Conn); ok && err == nil {
			*to = link
		}
		return link, err
	}
}

// setUp makes a session of a new connection. The user's own statements cannot
// undo what keeps it from writing: that comes after them, and before.
func (c *connector) setUp(ctx context.Context, made *conn) error {
	mariaDB, err := made.greet(ctx)
	if err != nil {
		return err
	}
	access := c.access()
	statements := append([]string{access}, c.startup...)
	if len(c.startup) > 0 {
		statements = append(statements, access)
	}
	statements = append(statements, c.settings(mariaDB, made))
	for _, statement := range statements {
		if _, err := made.nativeConn.ExecContext(ctx, statement, nil); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// greet asks for what has to be known of every connection.
func (c *conn) greet(ctx context.Context) (mariaDB bool, err error) {
	answer, err := c.nativeConn.QueryContext(ctx, "SELECT CONNECTION_ID(), VERSION()", nil)
	if err != nil {
		return false, err
	}
	defer answer.Close()
	row := make([]sqldriver.Value, 2)
	if err := answer.Next(row); err != nil {
		return false, err
	}
	text, _ := row[1].([]byte)
	_, mariaDB = parseVersion(string(text))
	switch id := row[0].(type) {
	case int64:
		c.id = uint64(id)
	case uint64:
		c.id = id
	default:
		return false, fmt.Errorf("the server sent %v as the number of a connection", id)
	}
	return mariaDB, nil
}

// access is the statement that says what transactions may do.
func (c *connector) access() string {
	switch c.mode {
	case forWriting:
		return "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE"
	case forConsole:
		return "SET SESSION TRANSACTION READ WRITE"
	case forReadOnlyConsole:
		return "SET SESSION TRANSACTION READ ONLY"
	}
	return "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
}

// rowMode is how statements of this package run: a value that does not fit is
// refused, 0 is a key like others, and dates that others have stored, such as
// 0000-00-00, may be stored again.
const rowMode = "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"

// settings is the statement that sets the session's variables. A console has
// the server's own mode.
func (c *connector) settings(mariaDB bool, made *conn) string {
	set := []string{"time_zone = '+00:00'"}
	if c.mode == forReading || c.mode == forWriting {
		set = append(set, "sql_mode = '"+rowMode+"'", "max_sort_length = "+strconv.Itoa(sortLength))
	}
	switch {
	case c.timeout <= 0:
	case mariaDB:
		set = append(set, fmt.Sprintf("max_statement_time = %.6f", c.timeout.Seconds()))
	default: // what MySQL can limit is SELECT alone
		made.timeout = c.timeout
	}
	return "SET SESSION " + strings.Join(set, ", SESSION ")
}

// sortLength is how many bytes of a value decide where it is sorted.
const sortLength = 4096

// patience is how long a statement may take to end after the server was told
// to, and killStep is how long until the server is told again.
const (
	patience = 5 * time.Second
	killStep = 200 * time.Millisecond
)

// kill implements [conn.kill], through a connection of its own.
func (c *connector) kill(id uint64, done <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	other, err := c.native.Connect(ctx)
	if err != nil {
		return err
	}
	defer other.Close()
	again := time.NewTicker(killStep)
	defer again.Stop()
	for {
		_, err := other.(sqldriver.ExecerContext).ExecContext(ctx, "KILL QUERY "+strconv.FormatUint(id, 10), nil)
		if err != nil {
			return err
		}
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
}

// open returns a pool of connections for a purpose.
func (c connector) open(m mode) *sql.DB {
	c.mode = m
	return sql.OpenDB(&c)
}

// quiet drops what the database's own driver would print on the screen.
type quiet struct{}

var _ native.Logger = quiet{}

func (quiet) Print(...any) {}
