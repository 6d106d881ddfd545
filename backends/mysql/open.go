package mysql

import (
	"context"
	"net/url"
	"strings"
	"time"

	native "github.com/go-sql-driver/mysql"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// defaultConnectTimeout is how long an attempt to connect may take, if the
// profile does not say.
const defaultConnectTimeout = 15 * time.Second

// idleConnections are kept open between calls. There may be more at once.
const idleConnections = 4

// Open connects to a server. The path of the URL names the database whose
// tables are listed; without one, the tables of all databases are.
func Open(ctx context.Context, to driver.Connection) (driver.DB, error) {
	c, database, err := newConnector(to)
	if err != nil {
		return nil, err
	}
	db := c.open(forReading)
	db.SetMaxIdleConns(idleConnections)
	f, err := readFacts(ctx, newPool(db), database)
	if err != nil {
		_ = db.Close()
		return nil, refused(to, err)
	}
	r := newReader(newPool(db), f, to)
	r.consoles = &consoles{connector: c, open: map[*sqlConsole]struct{}{}}
	if to.ReadOnly {
		r.info.ReadOnly = driver.OpenedReadOnly
		return r, nil
	}
	r.info.Atomicity = driver.WholeBatch
	changes := c.open(forWriting)
	changes.SetMaxIdleConns(idleConnections)
	return &writer{reader: r, changes: newPool(changes)}, nil
}

// refused says what to do about a server that cannot be connected to.
func refused(to driver.Connection, err error) error {
	switch kind := classify(err); {
	case isNumber(err, 1045), isNumber(err, 1698):
		return driver.Errorf(driver.Permission, "%s refused the login of %s: %w", to.URL.Host, to.URL.User.Username(), err)
	case isNumber(err, 1049):
		return driver.Errorf(kind, "%s has no database %s: %w", to.URL.Host, strings.Trim(to.URL.Path, "/"), err).
			WithHint("leave the database out of the address to see those that are there")
	case kind == driver.Unavailable:
		return driver.Errorf(kind, "%s cannot be reached: %w", to.URL.Host, err)
	}
	return err
}

// newConnector turns what a profile says into what connects.
func newConnector(to driver.Connection) (c connector, database string, err error) {
	cfg := native.NewConfig()
	cfg.Net, cfg.Addr = "tcp", to.URL.Host
	cfg.User = to.URL.User.Username()
	cfg.DBName = strings.Trim(to.URL.Path, "/")
	cfg.TLS, cfg.AllowFallbackToPlaintext = to.TLS, to.TLSOptional
	cfg.DialFunc = keepLink(to.Dial)
	cfg.MaxAllowedPacket = 0 // ask the server
	cfg.ClientFoundRows = true
	cfg.Logger = quiet{}
	// Over TLS the password may be sent as it is, which some servers ask for.
	cfg.AllowCleartextPasswords = to.TLS != nil && !to.TLSOptional
	if to.Password != nil {
		err = cfg.Apply(native.BeforeConnect(func(ctx context.Context, cfg *native.Config) (err error) {
			cfg.Passwd, err = to.Password(ctx)
			return err
		}))
	}
	if err != nil {
		return c, "", err
	}
	c = connector{startup: to.Startup, timeout: to.StatementTimeout, patience: to.ConnectTimeout}
	if c.patience <= 0 {
		c.patience = defaultConnectTimeout
	}
	if err := onlyKnown(to.URL); err != nil {
		return c, "", err
	}
	c.native, err = native.NewConnector(cfg)
	return c, cfg.DBName, err
}

// onlyKnown fails if the query of a URL says something that nobody would heed.
func onlyKnown(u *url.URL) error {
	for name := range u.Query() {
		return driver.Errorf(driver.Configuration, "the address has the parameter %s, which means nothing here", name).
			WithHint("what it should do may be said by a statement that the profile runs at the start")
	}
	return nil
}

// newReader returns a database that is open for reading.
func newReader(db pool, f *facts, to driver.Connection) *reader {
	location := *to.URL
	location.RawQuery = ""
	name := f.database
	if name == "" {
		name = location.Host
	}
	r := &reader{
		life: sqlrows.NewLifetime(once),
		pool: db,
		d:    dialect{f},
		info: driver.Info{
			Backend:   "mysql",
			Product:   f.product(),
			Name:      name,
			Location:  location.Redacted(),
			Atomicity: driver.NoWrites,
			Order:     driver.Collated,
			MaxKey:    maxKey,
			MaxValue:  int64(f.maxPacket),
		},
	}
	rows := func(*driver.Schema) sqlrows.Reader { return sqlrows.NewReader(r.d, r.pool) }
	r.StreamedCalls = sqlrows.NewStreamedCalls(sqlrows.NewCalls(r.call, rows), r.life)
	return r
}

// maxKey is InnoDB's limit for all columns of a key together.
const maxKey = 3072

// once runs a step of a call: a server waits for locks by itself.
func once(ctx context.Context, step func(context.Context) error) error { return step(ctx) }
