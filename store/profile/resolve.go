package profile

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"

	"github.com/rowan-db/rowan/store/driver"
)

// Access is how to reach a database server.
type Access struct {
	// Connection is for the backend.
	Connection driver.Connection
	// Source is where the password comes from, nil if nothing has it: then the
	// server may need none, or the user has to be asked.
	Source *PasswordSource
	// Place tells this database from others, without secrets: the URL without
	// parameters and how it is reached.
	Place string
	// Notes are warnings for the user.
	Notes []string

	verified  bool
	encrypted atomic.Pointer[tls.ConnectionState]
}

// TLSState describes the encryption of the connection that was made last, nil
// if none has been encrypted.
func (a *Access) TLSState() *tls.ConnectionState { return a.encrypted.Load() }

// Verified reports whether the certificate of the server is checked, so that
// nobody else can read what is sent to it.
func (a *Access) Verified() bool { return a.verified }

// watch makes a config tell TLSState of each connection.
func (a *Access) watch(config *tls.Config) {
	if config == nil {
		return
	}
	verify := config.VerifyConnection
	a.verified = verify != nil || !config.InsecureSkipVerify
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if verify != nil {
			if err := verify(state); err != nil {
				return err
			}
		}
		a.encrypted.Store(&state)
		return nil
	}
}

// SetPassword makes source the one that is asked for the password.
func (a *Access) SetPassword(source *PasswordSource) {
	a.Source = source
	a.Connection.Password = nil
	if source != nil {
		a.Connection.Password = source.Read
	}
}

// Resolve says how to reach the server that a profile, or a profile made of a
// URL alone, names. It reads what the database's own tools read, too: the
// settings in the environment and in the home directory. What the profile says
// goes before its URL, and the URL before everything else. It connects nothing.
//
// It fails with [driver.Configuration] if a setting is wrong.
func Resolve(p Profile) (*Access, error) {
	e, err := newEndpoint(p.Target)
	if err != nil {
		return nil, err
	}
	e.tls = p.TLS
	if err := e.kind.settle(e); err != nil {
		return nil, err
	}
	a := &Access{Notes: p.warnings(e)}
	c := &a.Connection
	c.URL = e.url()
	if err := p.encrypt(e, c); err != nil {
		return nil, err
	}
	a.watch(c.TLS)
	c.ConnectTimeout = cmp.Or(p.ConnectTimeout, e.connectTimeout)
	c.StatementTimeout = p.StatementTimeout
	c.Startup = p.Startup
	c.ReadOnly = p.ReadOnly
	a.SetPassword(p.passwordSource(e))
	if err := p.dial(e, c); err != nil {
		return nil, err
	}
	a.Place = p.place(e, c)
	return a, nil
}

// encrypt sets how the connection is encrypted. One through a socket of this
// machine is not, unless the profile or the URL asks for it.
func (p Profile) encrypt(e *endpoint, c *driver.Connection) (err error) {
	usual := e.kind.tls[e.scheme]
	if e.socket != "" && e.tls.Mode != TLSRequire && e.tls.Mode != TLSVerifyCA && e.tls.Mode != TLSVerifyFull {
		return nil
	}
	c.TLS, c.TLSOptional, err = e.tls.config(e.host, usual)
	return err
}

// passwordSource returns where the password comes from: what the profile says,
// the URL, or where the database's own tools look.
func (p Profile) passwordSource(e *endpoint) *PasswordSource {
	own := e.kind.password(e) // which also takes its parameters
	if s := p.Secret.source(p.Name); s != nil {
		if p.Secret.Command != "" {
			s = remember(s, time.Now)
		}
		return s
	}
	if password := e.password; password != "" {
		return &PasswordSource{"the URL", func(context.Context) (string, error) { return password, nil }}
	}
	return own
}

// dial sets how connections are made, where that is not simply over the network.
func (p Profile) dial(e *endpoint, c *driver.Connection) error {
	switch {
	case p.SSH != "":
		t, err := newTunnel(p.SSH, e)
		if err != nil {
			return err
		}
		t.env = withoutSecrets(os.Environ(), p.Secret.Env)
		c.Dial = t.dial
	case e.socket != "":
		path := e.socket
		c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		}
	}
	return nil
}

func (p Profile) place(e *endpoint, c *driver.Connection) string {
	u := *c.URL
	u.RawQuery = ""
	place := u.String()
	if e.socket != "" {
		place += " at " + e.socket
	}
	if p.SSH != "" {
		place += " via ssh " + p.SSH
	}
	return place
}

// warnings says what about the settings may get secrets into wrong hands.
func (p Profile) warnings(e *endpoint) []string {
	var notes []string
	if e.password != "" && p.Name == "" {
		notes = append(notes, "The password in the URL is seen by whoever lists the processes or reads the shell's history: rowan profiles add keeps it in the keyring.")
	}
	if pass := filepath.Join(xdg.Home, ".pgpass"); e.kind.scheme == servers[0].scheme && os.Getenv("PGPASSFILE") == "" && othersMayRead(pass) {
		notes = append(notes, pass+" is not used, because others may read it: chmod 600 "+pass)
	}
	return notes
}

// rememberFor is how long the password that a command printed is used again: a
// pool that opens several connections asks once.
const rememberFor = time.Minute

// remember makes of a source one that is asked at most once in a while.
func remember(s *PasswordSource, now func() time.Time) *PasswordSource {
	var (
		mu       sync.Mutex
		password string
		until    time.Time
	)
	return &PasswordSource{s.From, func(ctx context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if now().Before(until) {
			return password, nil
		}
		fresh, err := s.Read(ctx)
		if err != nil {
			return "", err
		}
		password, until = fresh, now().Add(rememberFor)
		return password, nil
	}}
}
