package profile

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/jackc/pgpassfile"

	"github.com/rowan-db/rowan/store/driver"
)

// settlePostgres understands the parameters of libpq that say how to connect,
// and fills in what is missing as it does: from a service, the PG variables of
// the environment, and the sockets of this machine.
func settlePostgres(e *endpoint) error {
	service, err := postgresService(e)
	if err != nil {
		return err
	}
	setting := func(name, variable string) string {
		text := e.take(name)
		fill(&text, service[name], os.Getenv(variable))
		return text
	}
	fill(&e.host, setting("host", "PGHOST"), setting("hostaddr", "PGHOSTADDR"))
	fill(&e.port, setting("port", "PGPORT"))
	fill(&e.user, setting("user", "PGUSER"), login())
	fill(&e.database, setting("dbname", "PGDATABASE"), e.user)
	fill(&e.password, service["password"])
	fill(&e.tls.CA, setting("sslrootcert", "PGSSLROOTCERT"))
	fill(&e.tls.Cert, setting("sslcert", "PGSSLCERT"))
	fill(&e.tls.Key, setting("sslkey", "PGSSLKEY"))
	if err := e.tls.fillMode("sslmode", setting("sslmode", "PGSSLMODE")); err != nil {
		return err
	}
	for name, variable := range map[string]string{"application_name": "PGAPPNAME", "options": "PGOPTIONS"} {
		if value := setting(name, variable); value != "" {
			e.parameters.Set(name, value)
		}
	}
	postgresFiles(&e.tls)
	if strings.Contains(e.host, ",") {
		return driver.Errorf(driver.Unsupported, "several hosts are named: %s", e.host).WithHint("name one of them")
	}
	if err := e.takeTimeout("connect_timeout", firstOf(service["connect_timeout"], os.Getenv("PGCONNECT_TIMEOUT"))); err != nil {
		return err
	}
	return postgresSocket(e)
}

func firstOf(values ...string) string {
	text := ""
	fill(&text, values...)
	return text
}

// postgresFiles sets the certificates that libpq looks for in the home
// directory, where they exist.
func postgresFiles(t *TLS) {
	existing := func(name string) string {
		path := filepath.Join(xdg.Home, ".postgresql", name)
		if _, err := os.Stat(path); err != nil {
			return ""
		}
		return path
	}
	if t.Mode == TLSVerifyCA || t.Mode == TLSVerifyFull {
		fill(&t.CA, existing("root.crt"))
	}
	if t.Cert == "" && t.Key == "" && t.Mode != TLSDisable {
		if cert, key := existing("postgresql.crt"), existing("postgresql.key"); cert != "" && key != "" {
			t.Cert, t.Key = cert, key
		}
	}
	if t.CA == "system" {
		t.CA = "" // which is what no authorities of one's own means
		fill((*string)(&t.Mode), string(TLSVerifyFull))
	}
}

// postgresSocket finds the socket of a server on this machine: in the directory
// that is named in place of a host or, if none is named, where servers have it.
func postgresSocket(e *endpoint) error {
	if err := e.checkPort(); err != nil {
		return err
	}
	file := ".s.PGSQL." + e.port
	switch {
	case e.socket != "":
	case strings.HasPrefix(e.host, "/"):
		e.socket, e.host = filepath.Join(e.host, file), ""
	case e.host == "":
		e.socket = firstSocket("/var/run/postgresql/"+file, "/tmp/"+file)
	}
	fill(&e.host, "localhost")
	return nil
}

// postgresService returns the settings of the service that is named, if one is.
func postgresService(e *endpoint) (map[string]string, error) {
	name := firstOf(e.take("service"), os.Getenv("PGSERVICE"))
	if name == "" {
		return nil, nil
	}
	path := firstOf(e.take("servicefile"), os.Getenv("PGSERVICEFILE"), filepath.Join(xdg.Home, ".pg_service.conf"))
	sections, err := readINI(path)
	if err != nil {
		return nil, driver.Errorf(driver.Configuration, "the service %s is looked for in %s, which cannot be read: %w", name, path, cause(err)).
			WithHint("write the file, or do without the service")
	}
	settings, ok := sections[name]
	if !ok {
		return nil, driver.Errorf(driver.Configuration, "there is no service %s in %s", name, path).WithHint("check the spelling")
	}
	return settings, nil
}

// postgresPassword is PGPASSWORD, or the password file.
func postgresPassword(e *endpoint) *PasswordSource {
	if password := os.Getenv("PGPASSWORD"); password != "" {
		return &PasswordSource{"the environment variable PGPASSWORD", func(context.Context) (string, error) { return password, nil }}
	}
	path := firstOf(e.take("passfile"), os.Getenv("PGPASSFILE"), filepath.Join(xdg.Home, ".pgpass"))
	if othersMayRead(path) {
		return nil // libpq does not read it either: see Notes
	}
	entries, err := pgpassfile.ReadPassfile(path)
	if err != nil {
		return nil
	}
	host := e.host
	if e.socket != "" {
		host = "localhost"
	}
	password := entries.FindPassword(host, e.port, e.database, e.user)
	if password == "" {
		return nil
	}
	return &PasswordSource{path, func(context.Context) (string, error) { return password, nil }}
}
