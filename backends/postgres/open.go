package postgres

import (
	"context"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// Open connects to a database, with one connection; more are made when they are
// needed. If the server cannot be written, because it is a standby or because
// the user's transactions only read, it is opened for reading, and
// Info().ReadOnly says why.
func Open(ctx context.Context, c driver.Connection) (driver.DB, error) {
	config, err := configOf(&c)
	if err != nil {
		return nil, err
	}
	p, err := newPool(config, &c)
	if err != nil {
		return nil, err
	}
	first, err := p.take(ctx)
	if err != nil {
		p.close()
		return nil, explain(err, config)
	}
	defer first.Release()
	r := &reader{
		connection: c,
		config:     config,
		life:       sqlrows.NewLifetime(once),
		pool:       p,
		d:          dialect{utf8: first.pg.ParameterStatus("server_encoding") == "UTF8", known: newKnown()},
		info:       infoOf(&c, config, first.pg),
	}
	r.StreamedCalls = sqlrows.NewStreamedCalls(sqlrows.NewCalls(r.call, r.rows), r.life)
	if r.info.ReadOnly != "" {
		p.enclose = readOnly
		return r, nil
	}
	r.info.Atomicity = driver.WholeBatch
	return &writer{reader: r}, nil
}

// once runs a step of a call: nothing is tried again without knowing what it
// was.
func once(ctx context.Context, step func(context.Context) error) error { return step(ctx) }

func infoOf(c *driver.Connection, config *pgx.ConnConfig, pg *pgconn.PgConn) driver.Info {
	version, _, _ := strings.Cut(pg.ParameterStatus("server_version"), " ")
	info := driver.Info{
		Backend:   "postgres",
		Product:   "PostgreSQL " + version,
		Name:      config.Database,
		Location:  location(c.URL),
		Atomicity: driver.NoWrites,
		// Each column of text may have a collation of its own, and numbers are
		// equal if they are spelled differently.
		Order:    driver.Collated,
		MaxValue: 1 << 30,
	}
	if info.Name == "" {
		info.Name = config.User // as the server does
	}
	switch {
	case c.ReadOnly:
		info.ReadOnly = driver.OpenedReadOnly
	case pg.ParameterStatus("in_hot_standby") == "on":
		info.ReadOnly = "the server is a standby, which repeats what another one writes"
	case pg.ParameterStatus("default_transaction_read_only") == "on":
		info.ReadOnly = "the server's setting default_transaction_read_only is on for this user"
	}
	return info
}

// location is a URL without parameters, which may be long, and without secrets.
func location(u *url.URL) string {
	clean := *u
	clean.RawQuery, clean.Fragment = "", ""
	if u.User != nil {
		clean.User = url.User(u.User.Username())
	}
	return clean.String()
}

// explain says what to do about an error of connecting.
func explain(err error, config *pgx.ConnConfig) error {
	switch sqlState(err) {
	case "28P01", "28000":
		return driver.Errorf(driver.Permission, "the server does not let user %s in: %w", config.User, err).
			WithHint("check the user's name and password")
	case "3D000":
		return driver.Errorf(driver.NotFound, "there is no database %s: %w", config.Database, err).
			WithHint("the database's name is the path of the URL")
	case "53300":
		return driver.Errorf(driver.Unavailable, "the server has no connection left: %w", err).
			WithHint("close some, or ask for a higher max_connections")
	case "57P03":
		return driver.Errorf(driver.Unavailable, "the server is starting or stopping: %w", err).
			WithHint("try again in a moment")
	case "08P01":
		return driver.Errorf(driver.Unavailable, "what answers does not take the settings of a session: %w", err).
			WithHint("of a PgBouncer, set ignore_startup_parameters to what it names")
	}
	return err
}
