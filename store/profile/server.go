package profile

import (
	"net"
	"net/url"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// server is a kind of database that is reached over a connection.
type server struct {
	// scheme is the usual one of its URLs; aliases are others.
	scheme  string
	aliases []string
	// tls is the mode of a scheme, where nothing else says it.
	tls  map[string]TLSMode
	port int
	// socketParameter is the parameter that names a socket.
	socketParameter string
	// greets tells that the server speaks first on a new connection.
	greets bool
	// settle fills in what the URL leaves open from where the database's own
	// tools look, and takes the parameters that it understands.
	settle func(e *endpoint) error
	// password returns where those tools would find the password, or nil.
	password func(e *endpoint) *PasswordSource
}

var servers = []server{
	{
		scheme: "postgres", aliases: []string{"postgresql"}, port: 5432, socketParameter: "host",
		tls:    map[string]TLSMode{"postgres": TLSPrefer, "postgresql": TLSPrefer},
		settle: settlePostgres, password: postgresPassword,
	},
	{
		scheme: "mysql", aliases: []string{"mariadb"}, port: 3306, socketParameter: "socket", greets: true,
		tls:    map[string]TLSMode{"mysql": TLSPrefer, "mariadb": TLSPrefer},
		settle: settleMySQL, password: mysqlPassword,
	},
	{
		scheme: "redis", aliases: []string{"rediss", "redis+unix"}, port: 6379, socketParameter: "socket",
		tls:    map[string]TLSMode{"redis": TLSDisable, "rediss": TLSVerifyFull, "redis+unix": TLSDisable},
		settle: settleRedis, password: redisPassword,
	},
}

// findServer returns the kind of server that a scheme names.
func findServer(scheme string) (*server, bool) {
	for i := range servers {
		if s := &servers[i]; s.scheme == scheme || slices.Contains(s.aliases, scheme) {
			return s, true
		}
	}
	return nil, false
}

// IsServer reports whether a target is the URL of a database server, so that
// [Resolve] says how to reach it.
func IsServer(target string) bool {
	scheme, _, _ := CutScheme(target)
	_, ok := findServer(scheme)
	return ok
}

// endpoint is a URL taken apart, and what is added to it.
type endpoint struct {
	kind           *server
	scheme         string
	host           string
	port           string
	socket         string // the path of a socket, in place of host and port
	user           string
	database       string
	password       string
	parameters     url.Values
	tls            TLS
	connectTimeout time.Duration
	// cnf holds the settings of the client's own configuration file.
	cnf map[string]string
}

// newEndpoint takes a URL apart. Its errors quote nothing of the URL: it may
// hold a password.
func newEndpoint(target string) (*endpoint, error) {
	clean, _ := Redact(target)
	u, err := url.Parse(target)
	if err != nil || u.Opaque != "" {
		return nil, driver.Errorf(driver.Configuration, "the URL %s cannot be read", clean).
			WithHint("it has the form scheme://user@host:port/database; in names and passwords, write @ as %%40, : as %%3A, / as %%2F, # as %%23, ? as %%3F and %% as %%25")
	}
	parameters, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, driver.Errorf(driver.Configuration, "the parameters of the URL %s cannot be read", clean).
			WithHint("they have the form ?name=value&name=value; write & as %%26 and %% as %%25")
	}
	if strings.Contains(u.Host, ",") {
		return nil, driver.Errorf(driver.Unsupported, "the URL %s names several hosts", clean).WithHint("name one of them")
	}
	kind, ok := findServer(u.Scheme)
	if !ok {
		return nil, driver.Errorf(driver.Unsupported, "%s: URLs name no database server", u.Scheme)
	}
	e := &endpoint{
		kind: kind, scheme: u.Scheme, host: u.Hostname(), port: u.Port(),
		user: u.User.Username(), database: strings.TrimPrefix(u.Path, "/"), parameters: parameters,
	}
	e.password, _ = u.User.Password()
	for name := range parameters {
		if secretParameters[strings.ToLower(name)] {
			if password := e.take(name); e.password == "" {
				e.password = password
			}
		}
	}
	return e, nil
}

// take removes a parameter and returns it.
func (e *endpoint) take(name string) string {
	value := e.parameters.Get(name)
	e.parameters.Del(name)
	return value
}

// fill sets *field to the first value that is not empty, unless it has one.
func fill(field *string, values ...string) {
	for _, v := range values {
		if *field == "" {
			*field = v
		}
	}
}

// takeTimeout takes the parameter that limits how long connecting may take: a
// number of seconds, or a duration.
func (e *endpoint) takeTimeout(name, otherwise string) error {
	text := e.take(name)
	fill(&text, otherwise)
	if text == "" {
		return nil
	}
	d, err := parseTimeout(text)
	if err != nil {
		return driver.Errorf(driver.Configuration, "%s is %q, which is no time", name, text).WithHint("write a number of seconds, such as 10")
	}
	e.connectTimeout = d
	return nil
}

func parseTimeout(text string) (time.Duration, error) {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second, nil
	}
	return time.ParseDuration(text)
}

// checkPort sets the usual port if none is given, and refuses what is none.
func (e *endpoint) checkPort() error {
	if e.port == "" {
		e.port = strconv.Itoa(e.kind.port)
	}
	if n, err := strconv.Atoi(e.port); err != nil || n < 1 || n > 65535 {
		return driver.Errorf(driver.Configuration, "%q is no port", e.port).WithHint("a port is a number from 1 to 65535")
	}
	return nil
}

// url is the endpoint without what the fields of a connection say.
func (e *endpoint) url() *url.URL {
	u := &url.URL{Scheme: e.kind.scheme, Host: net.JoinHostPort(e.host, e.port), Path: "/" + e.database, RawQuery: e.parameters.Encode()}
	if e.user != "" {
		u.User = url.User(e.user)
	}
	return u
}

// login is the name of the user that runs the program, which database tools
// use for want of another.
func login() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}

// firstSocket returns the first of some paths at which there is a socket.
func firstSocket(paths ...string) string {
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil && info.Mode()&os.ModeSocket != 0 {
			return p
		}
	}
	return ""
}

// URLPassword returns the password that the URL of a server holds, empty if it
// holds none. Its errors quote nothing of it.
func URLPassword(target string) (string, error) {
	e, err := newEndpoint(target)
	if err != nil {
		return "", err
	}
	return e.password, nil
}
