package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/rowan-db/rowan/store/driver"
)

const (
	defaultConnectTimeout = 15 * time.Second
	// cancelTimeout is how long a call that was canceled waits for the server
	// to agree. Then it gives up the connection.
	cancelTimeout = 3 * time.Second
)

// configOf returns how to connect. What the environment says has been settled
// by whoever made the Connection.
func configOf(c *driver.Connection) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(c.URL.String())
	if err != nil {
		return nil, driver.Errorf(driver.Configuration, "the URL of the database cannot be used: %w", err)
	}
	config.Password = ""
	config.ConnectTimeout = defaultConnectTimeout
	if c.ConnectTimeout > 0 {
		config.ConnectTimeout = c.ConnectTimeout
	}
	setTLS(config, c)
	if c.Dial != nil {
		config.DialFunc = pgconn.DialFunc(c.Dial)
		// A host that only the other end of a tunnel knows is looked up there.
		config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	}
	config.BuildContextWatcherHandler = func(pg *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: pg, DeadlineDelay: cancelTimeout}
	}
	setSession(config.RuntimeParams, c)
	return config, nil
}

// setTLS follows the Connection, whatever the URL and the environment say.
func setTLS(config *pgx.ConnConfig, c *driver.Connection) {
	config.TLSConfig = c.TLS
	config.Fallbacks = nil
	if c.TLS != nil && c.TLSOptional {
		config.Fallbacks = []*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port}}
	}
}

// setSession sets what the text forms of values depend on, so that they can be
// read back without loss, and what the Connection asks for. It is part of the
// first message, and costs no round trip.
func setSession(params map[string]string, c *driver.Connection) {
	params["application_name"] = "rowan"
	params["client_encoding"] = "UTF8"
	params["datestyle"] = "ISO"
	params["intervalstyle"] = "postgres"
	params["extra_float_digits"] = "3"
	params["bytea_output"] = "hex"
	params["synchronize_seqscans"] = "off" // pages of a table without a key begin where it does
	if c.StatementTimeout > 0 {
		params["statement_timeout"] = strconv.FormatInt(max(1, c.StatementTimeout.Milliseconds()), 10)
	}
	if c.ReadOnly {
		params["default_transaction_read_only"] = "on"
	}
}

// setPassword asks for the password of a new connection.
func setPassword(ctx context.Context, config *pgx.ConnConfig, c *driver.Connection) error {
	if c.Password == nil {
		return nil
	}
	password, err := c.Password(ctx)
	config.Password = password
	return err
}

// startUp runs the statements that each new connection begins with.
func startUp(ctx context.Context, pg *pgconn.PgConn, statements []string) error {
	for _, s := range statements {
		if _, err := pg.Exec(ctx, s).ReadAll(); err != nil {
			return driver.Errorf(driver.Configuration, "the startup statement %q fails: %w", s, err)
		}
	}
	return nil
}

// connect opens a connection of its own, outside of the pool.
func connect(ctx context.Context, config *pgx.ConnConfig, c *driver.Connection) (*pgconn.PgConn, error) {
	own := config.Copy()
	if err := setPassword(ctx, own, c); err != nil {
		return nil, err
	}
	pg, err := pgconn.ConnectConfig(ctx, &own.Config)
	if err != nil {
		return nil, err
	}
	if err := startUp(ctx, pg, c.Startup); err != nil {
		_ = pg.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return pg, nil
}
