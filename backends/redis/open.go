package redis

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	client "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/store/driver"
)

const (
	// maxValue is the server's limit.
	maxValue = 512 << 20
	// maxKey is ours, for tables of rowan's own: longer ones would make a
	// sorted set slow for everybody.
	maxKey = 1 << 20
	// defaultTimeout is how long an answer may take, and a connection, if
	// nothing else is said. A server that swaps may need some seconds.
	defaultTimeout = 30 * time.Second
	connectTimeout = 10 * time.Second
)

// quiet keeps the library from writing to a terminal that shows a screen.
var quiet sync.Once

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// Open connects to the database that a URL names: redis://user@host:port/0.
// Its parameters are kvlayer, see the package's description, and none else.
func Open(ctx context.Context, c driver.Connection) (driver.DB, error) {
	quiet.Do(func() { client.SetLogger(silence{}) })
	place, err := parse(c.URL)
	if err != nil {
		return nil, err
	}
	rdb := client.NewClient(options(c, place))
	if c.ReadOnly {
		rdb.AddHook(readingOnly{})
	}
	db := &DB{
		gate: newGate(), rdb: rdb, server: &server{rdb: rdb, kvlayer: place.kvlayer}, info: place.info(c),
	}
	if err := db.greet(ctx); err != nil {
		_ = rdb.Close() // it has done nothing
		return nil, explain(err)
	}
	db.tables = kvrows.Open(db.server, db.info)
	if c.ReadOnly {
		db.info.Atomicity = driver.NoWrites
		return db, nil
	}
	db.info.Atomicity = driver.WholeBatch
	return &Writable{DB: db, tables: kvrows.OpenReadWrite(db.server, db.info)}, nil
}

// place is what a URL names.
type place struct {
	url     *url.URL
	db      int
	kvlayer []string // namespaces
}

func parse(u *url.URL) (place, error) {
	p := place{url: u}
	if name := strings.Trim(u.Path, "/"); name != "" {
		n, err := strconv.ParseUint(name, 10, 16)
		if err != nil {
			return p, driver.Errorf(driver.Configuration, "%q is not the number of a Redis database", name).
				WithHint("the path of the URL is a number from 0, such as redis://host/0")
		}
		p.db = int(n)
	}
	for name, values := range u.Query() {
		if name != "kvlayer" {
			return p, driver.Errorf(driver.Configuration, "a redis: URL has no parameter %q", name).
				WithHint("the only one is kvlayer=APP_NAMESPACE")
		}
		p.kvlayer = values
	}
	return p, nil
}

func (p place) info(c driver.Connection) driver.Info {
	shown := *p.url
	shown.RawQuery = ""
	info := driver.Info{
		Backend: "redis", Product: "Redis", Name: p.url.Hostname() + "/" + strconv.Itoa(p.db), Location: shown.Redacted(),
		Order: driver.Bytewise, MaxKey: maxKey, MaxValue: maxValue,
	}
	if c.ReadOnly {
		info.ReadOnly = driver.OpenedReadOnly
	}
	return info
}

// options translates a connection for the library.
func options(c driver.Connection, p place) *client.Options {
	o := &client.Options{
		Addr:         p.url.Host,
		DB:           p.db,
		Dialer:       c.Dial,
		TLSConfig:    c.TLS,
		ClientName:   "rowan",
		Protocol:     2, // which every version of the server speaks
		MaxRetries:   -1,
		DialTimeout:  connectTimeout,
		ReadTimeout:  defaultTimeout,
		PoolTimeout:  defaultTimeout,
		WriteTimeout: defaultTimeout,
		// What the library would set up on each connection for itself.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		ContextTimeoutEnabled:    true,
		// One pool, so that what follows uses the connection that there is, with
		// room for a page.
		PipelinePoolSize: -1,
		ReadBufferSize:   128 << 10,
		WriteBufferSize:  64 << 10,
	}
	o.OnConnect = func(ctx context.Context, conn *client.Conn) error {
		for _, s := range c.Startup {
			if err := conn.Do(ctx, commandOf(s)...).Err(); err != nil && err != client.Nil {
				return err
			}
		}
		return nil
	}
	if c.Dial != nil && c.TLS != nil {
		o.Dialer = overTLS(c.Dial, c.TLS)
	}
	if c.ConnectTimeout > 0 {
		o.DialTimeout = c.ConnectTimeout
	}
	if c.StatementTimeout > 0 {
		o.ReadTimeout = c.StatementTimeout
	}
	o.CredentialsProviderContext = func(ctx context.Context) (user, password string, err error) {
		if c.URL.User != nil {
			user = c.URL.User.Username()
		}
		if c.Password != nil {
			password, err = c.Password(ctx)
		}
		return user, password, err
	}
	return o
}

// greet makes sure that there is a server of a kind that is known, learns what
// it can do.
func (db *DB) greet(ctx context.Context) error {
	text, err := call(ctx, db.gate, func(ctx context.Context) (string, error) { return db.rdb.Info(ctx).Result() })
	if err != nil {
		return err
	}
	facts := parseInfo(text)
	if facts["cluster_enabled"] == "1" {
		return driver.Errorf(driver.Unsupported, "the server is part of a Redis Cluster, which is not supported")
	}
	db.server.version = parseVersion(facts["redis_version"])
	db.info.Product = "Redis " + facts["redis_version"]
	return nil
}

// commandOf returns the words of a statement.
func commandOf(statement string) []any {
	var all []any
	for _, w := range strings.Fields(statement) {
		all = append(all, w)
	}
	return all
}

// parseInfo reads the answer to INFO.
func parseInfo(text string) map[string]string {
	facts := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			facts[name] = value
		}
	}
	return facts
}

// parseVersion returns a version as a number: 7.0.15 is 70015.
func parseVersion(text string) int {
	n := 0
	parts := strings.SplitN(text, ".", 3)
	for i := range 3 {
		part := 0
		if i < len(parts) {
			part, _ = strconv.Atoi(parts[i]) // what is no number, such as a suffix, counts as 0
		}
		n = n*100 + min(part, 99)
	}
	return n
}
