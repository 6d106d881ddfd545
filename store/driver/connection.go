package driver

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"time"
)

// Connection says how to reach a database server. Whoever resolves a profile
// makes it; a backend only follows it, so that secrets, tunnels and
// certificates are settled in one place for all of them.
type Connection struct {
	// URL names the server, the user and the database, with the parameters
	// that are the database's own. It holds no password and nothing that the
	// fields below say.
	URL *url.URL
	// Password is asked for the password whenever a connection is made, so
	// that one that expires can be renewed. Nil means that none was given; a
	// backend then does what the database's own tools do without one.
	Password func(ctx context.Context) (string, error)
	// TLS, if not nil, is how connections are encrypted. Nil is plain text.
	TLS *tls.Config
	// TLSOptional goes on in plain text if the server does not know TLS.
	TLSOptional bool
	// Dial, if not nil, opens the connections to the server, such as through
	// a tunnel.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// ConnectTimeout ends an attempt to connect; 0 is the backend's default.
	ConnectTimeout time.Duration
	// StatementTimeout ends a statement that runs longer, in the server where
	// it can; 0 means no limit.
	StatementTimeout time.Duration
	// Startup holds statements to run on each new connection.
	Startup []string
	// ReadOnly makes the server itself refuse writes, on every connection.
	ReadOnly bool
}
