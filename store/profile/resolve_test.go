package profile

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"github.com/rowan-db/rowan/store/driver"
)

// marker is a password that must be seen nowhere.
const marker = "Tr0ub4dor-marker"

// athome gives a test a home directory and an environment of its own.
func athome(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	t.Setenv("HOME", home)
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "MYSQL") {
			t.Setenv(name, "")
		}
	}
	return home
}

// resolve resolves a target without a profile.
func resolve(t *testing.T, target string) *Access {
	t.Helper()
	a, err := Resolve(Profile{Target: target})
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	return a
}

// password returns what a connection is given, empty if nothing.
func password(t *testing.T, a *Access) string {
	t.Helper()
	if a.Connection.Password == nil {
		return ""
	}
	text, err := a.Connection.Password(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestURLIsWhatTheBackendNeeds(t *testing.T) {
	athome(t)
	for _, c := range []struct{ target, want, password string }{
		{"postgres://app@db.example.org/shop", "postgres://app@db.example.org:5432/shop", ""},
		{"postgresql://app:a%40b@db:6543/shop?sslmode=disable&application_name=x&connect_timeout=3", "postgres://app@db:6543/shop?application_name=x", "a@b"},
		{"postgres://db?user=app&password=p&dbname=shop", "postgres://app@db:5432/shop", "p"},
		{"postgres://app@[::1]/shop", "postgres://app@[::1]:5432/shop", ""},
		{"postgres://app@db/shop?search_path=a,b", "postgres://app@db:5432/shop?search_path=a%2Cb", ""},
		{"mysql://app:p@db/shop?tls=skip-verify&charset=utf8mb4", "mysql://app@db:3306/shop?charset=utf8mb4", "p"},
		{"mariadb://app@db/", "mysql://app@db:3306/", ""},
		{"mysql://app@/shop?socket=/run/m.sock", "mysql://app@localhost:3306/shop", ""},
		{"redis://db", "redis://db:6379/0", ""},
		{"rediss://default:p@db:7000/3", "redis://default@db:7000/3", "p"},
		{"redis://:p@db/?db=2", "redis://db:6379/2", "p"},
		{"redis+unix:///run/r.sock?db=1", "redis://localhost:6379/1", ""},
	} {
		a := resolve(t, c.target)
		if got := a.Connection.URL.String(); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.target, got, c.want)
		}
		if got := password(t, a); got != c.password {
			t.Errorf("%s: the password is %q", c.target, got)
		}
	}
}

func TestPostgresEnvironment(t *testing.T) {
	home := athome(t)
	for name, value := range map[string]string{
		"PGHOST": "db", "PGPORT": "6000", "PGUSER": "ada", "PGDATABASE": "shop", "PGSSLMODE": "require",
		"PGPASSWORD": "p", "PGAPPNAME": "app", "PGCONNECT_TIMEOUT": "7",
	} {
		t.Setenv(name, value)
	}
	a := resolve(t, "postgres://")
	c := a.Connection
	if got, want := c.URL.String(), "postgres://ada@db:6000/shop?application_name=app"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if c.ConnectTimeout != 7*time.Second || c.TLS == nil || !c.TLS.InsecureSkipVerify || c.TLSOptional || password(t, a) != "p" {
		t.Errorf("got %+v", c)
	}
	write(t, filepath.Join(home, ".pg_service.conf"), "# services\n[shop]\nhost=other\nuser=eve\nsslmode=disable\n")
	c = resolve(t, "postgres://?service=shop").Connection
	if got, want := c.URL.String(), "postgres://eve@other:6000/shop?application_name=app"; got != want || c.TLS != nil {
		t.Errorf("with a service: %s, TLS %v; want %s", got, c.TLS, want)
	}
	_, err := Resolve(Profile{Target: "postgres://?service=none"})
	if err == nil || !strings.Contains(err.Error(), "there is no service none") {
		t.Errorf("an unknown service: %v", err)
	}
}

func TestPasswordFiles(t *testing.T) {
	home := athome(t)
	pass := filepath.Join(home, ".pgpass")
	write(t, pass, "db:5432:shop:ada:"+marker+"\nlocalhost:*:*:*:socket\n")
	write(t, filepath.Join(home, ".my.cnf"), "[client]\nuser = eve\npassword = \"q # r\"\nhost=mydb\n[mysqld]\nport=1\n")
	for target, want := range map[string]string{
		"postgres://ada@db/shop":     marker,
		"postgres://ada:own@db/shop": "own",
		"postgres://eve@db/shop":     "",
		"postgres:///shop?host=/tmp": "socket",
		"mysql://":                   "q # r",
		"mysql://ada@db/shop":        "",
	} {
		if got := password(t, resolve(t, target)); got != want {
			t.Errorf("%s: the password is %q, want %q", target, got, want)
		}
	}
	if got := resolve(t, "mysql://").Connection.URL.String(); got != "mysql://eve@mydb:3306/" {
		t.Errorf("~/.my.cnf gives %s", got)
	}
	if err := os.Chmod(pass, 0o644); err != nil {
		t.Fatal(err)
	}
	a := resolve(t, "postgres://ada@db/shop")
	if password(t, a) != "" || len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "chmod 600") {
		t.Errorf("a password file that others may read: notes %q", a.Notes)
	}
}

func TestTLSModes(t *testing.T) {
	athome(t)
	for target, want := range map[string]string{
		"postgres://a@db/x":                        "optional",
		"postgres://a@db/x?sslmode=disable":        "plain",
		"postgres://a@db/x?sslmode=require":        "unchecked",
		"postgres://a@db/x?sslmode=verify-ca":      "authority",
		"postgres://a@db/x?sslmode=verify-full":    "full",
		"postgres://a@/x?host=/tmp&sslmode=prefer": "plain",
		"mysql://a@db/x":                           "optional",
		"mysql://a@db/x?tls=true":                  "full",
		"mysql://a@db/x?ssl-mode=VERIFY_IDENTITY":  "full",
		"redis://db":  "plain",
		"rediss://db": "full",
	} {
		c := resolve(t, target).Connection
		got := "full"
		switch {
		case c.TLS == nil:
			got = "plain"
		case c.TLSOptional:
			got = "optional"
		case c.TLS.InsecureSkipVerify && c.TLS.VerifyConnection(tls.ConnectionState{PeerCertificates: []*x509.Certificate{{}}}) != nil:
			got = "authority"
		case c.TLS.InsecureSkipVerify:
			got = "unchecked"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
		if c.TLS != nil && c.TLS.ServerName != "db" {
			t.Errorf("%s: the certificate must be for %q", target, c.TLS.ServerName)
		}
	}
}

// TestTLSVerifiesByDefault checks that whoever turns TLS on, or names a
// certificate, gets all of it.
func TestTLSVerifiesByDefault(t *testing.T) {
	athome(t)
	on := Profile{Target: "postgres://a@db/x"}
	if err := on.set("tls", true); err != nil {
		t.Fatal(err)
	}
	named := Profile{Target: "postgres://a@db/x", TLS: TLS{ServerName: "other"}}
	for want, p := range map[string]Profile{"db": on, "other": named} {
		a, err := Resolve(p)
		if err != nil {
			t.Fatal(err)
		}
		if c := a.Connection.TLS; c == nil || c.InsecureSkipVerify || c.ServerName != want {
			t.Errorf("want a certificate for %s: %+v", want, c)
		}
	}
}

// TestSocketIsDialled checks that what the backend dials is the socket.
func TestSocketIsDialled(t *testing.T) {
	athome(t)
	path := filepath.Join(t.TempDir(), ".s.PGSQL.5432")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a := resolve(t, "postgres://a@/x?host="+filepath.Dir(path))
	c, err := a.Connection.Dial(t.Context(), "tcp", "localhost:5432")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.RemoteAddr().String(); got != path || !strings.Contains(a.Place, path) {
		t.Errorf("it dials %s; the place is %s", got, a.Place)
	}
}

// TestResolveErrors checks that what is wrong is said, with a hint, and without
// the password.
func TestResolveErrors(t *testing.T) {
	home := athome(t)
	write(t, filepath.Join(home, "junk.pem"), "junk")
	for _, c := range []struct {
		target string
		change func(*Profile)
		want   string
	}{
		{"postgres://a:" + marker + "#x@db/x", nil, "cannot be read"},
		{"postgres://a:" + marker + "@db:port/x", nil, "cannot be read"},
		{"postgres://a:" + marker + "@h1:1,h2:2/x", nil, ""},
		{"postgres://a:" + marker + "@h1,h2/x", nil, "several hosts"},
		{"postgres://a:" + marker + "@db/x?%zz", nil, "parameters"},
		{"postgres://a@db:99999/x", nil, "no port"},
		{"postgres://a@db/x?sslmode=maybe", nil, "no way to encrypt"},
		{"postgres://a@db/x?connect_timeout=soon", nil, "no time"},
		{"postgres://a@db/x", func(p *Profile) { p.TLS.CA = filepath.Join(home, "none.pem") }, "cannot be read"},
		{"postgres://a@db/x", func(p *Profile) { p.TLS.CA = filepath.Join(home, "junk.pem") }, "there is no certificate in"},
		{"postgres://a@db/x", func(p *Profile) { p.TLS.Mode, p.TLS.Cert = TLSRequire, "c" }, "go together"},
		{"postgres://a@db/x", func(p *Profile) { p.SSH = "-oProxyCommand=x" }, "no destination of ssh"},
		{"mysql://a@/x?socket=/s", func(p *Profile) { p.SSH = "host" }, "cannot be reached through ssh"},
	} {
		p := Profile{Target: c.target}
		if c.change != nil {
			c.change(&p)
		}
		_, err := Resolve(p)
		if err == nil || !strings.Contains(err.Error(), c.want) || driver.KindOf(err) == driver.Internal {
			t.Errorf("%s: got %v, want %q", c.target, err, c.want)
			continue
		}
		if e := err.(*driver.Error); e.Hint == "" || strings.Contains(err.Error()+e.Hint, marker) {
			t.Errorf("%s: error %v, hint %q", c.target, err, e.Hint)
		}
	}
}

func TestRedact(t *testing.T) {
	for target, want := range map[string]string{
		"postgres://a:MARK@h:1/d?x=1":           "postgres://a@h:1/d?x=1",
		"postgres://a@h/d":                      "postgres://a@h/d",
		"redis://:MARK@h":                       "redis://h",
		"postgres://h:5432/d?user=a@b":          "postgres://h:5432/d?user=a@b",
		"postgres://h/d?password=MARK&x=1":      "postgres://h/d?x=1",
		"postgres://h/d?PassWord=MARK":          "postgres://h/d",
		"postgres://h/d?pass%77ord=MARK":        "postgres://h/d",
		"postgres://a:MARK/MARK@h/d":            "postgres://a@h/d",
		"postgres://a:MARK#MARK@h/d":            "postgres://a@h/d",
		"postgres://a:MARK?MARK@h/d":            "postgres://a@h/d",
		"postgres://a:MARK@MARK@h/d":            "postgres://a@h/d",
		"postgres://a:%zzMARK@h/d?sslmode=no#f": "postgres://a@h/d?sslmode=no#f",
		"mysql://[::1]:3306/d":                  "mysql://[::1]:3306/d",
		"sqlite:/a:b@c.db":                      "sqlite:/a:b@c.db",
		"/data/x@y.db":                          "/data/x@y.db",
	} {
		got, held := Redact(target)
		if got != want || held != (target != want) {
			t.Errorf("Redact(%q) = %q, %v; want %q", target, got, held, want)
		}
	}
}

// FuzzRedact checks that nothing of the password that a URL is read with stays.
func FuzzRedact(f *testing.F) {
	f.Add("a", "b/c", "h/d")
	f.Add("", "@:/?#", "[::1]:1/?x=1")
	f.Fuzz(func(t *testing.T, user, more, rest string) {
		if strings.ContainsAny(user, "/?#") || strings.Contains(rest, "Tr0") {
			return
		}
		target := "postgres://" + user + ":" + marker + more + "@" + rest
		clean, held := Redact(target)
		if strings.Contains(clean, marker) || !held {
			t.Errorf("Redact(%q) = %q, %v", target, clean, held)
		}
		if e, err := newEndpoint(target); err == nil && e.password != "" && !held {
			t.Errorf("%q has the password %q, and Redact does not know", target, e.password)
		}
	})
}
