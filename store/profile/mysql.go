package profile

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// settleMySQL understands the parameters that say how to connect, as the
// clients of MySQL and MariaDB call them, and fills in what is missing from
// the client's sections of ~/.my.cnf.
func settleMySQL(e *endpoint) error {
	e.cnf = clientSettings(filepath.Join(xdg.Home, ".my.cnf"))
	fill(&e.socket, e.take("socket"))
	if e.host == "" && e.socket == "" {
		e.host, e.socket = e.cnf["host"], e.cnf["socket"]
		if e.host == "" && e.socket == "" {
			e.socket = firstSocket("/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/tmp/mysql.sock")
		}
	}
	fill(&e.host, "localhost")
	fill(&e.port, e.cnf["port"])
	fill(&e.user, e.cnf["user"], login())
	fill(&e.tls.CA, e.take("ssl-ca"), e.cnf["ssl-ca"])
	fill(&e.tls.Cert, e.take("ssl-cert"), e.cnf["ssl-cert"])
	fill(&e.tls.Key, e.take("ssl-key"), e.cnf["ssl-key"])
	for _, name := range []string{"ssl-mode", "sslmode", "tls"} {
		if err := e.tls.fillMode(name, e.take(name)); err != nil {
			return err
		}
	}
	for _, name := range []string{"connect_timeout", "timeout"} {
		if err := e.takeTimeout(name, ""); err != nil {
			return err
		}
	}
	return e.checkPort()
}

// mysqlPassword is MYSQL_PWD, or that of ~/.my.cnf if it is for this user.
func mysqlPassword(e *endpoint) *PasswordSource {
	if password := os.Getenv("MYSQL_PWD"); password != "" {
		return &PasswordSource{"the environment variable MYSQL_PWD", func(context.Context) (string, error) { return password, nil }}
	}
	password := e.cnf["password"]
	if password == "" || e.cnf["user"] != "" && e.cnf["user"] != e.user {
		return nil
	}
	return &PasswordSource{"~/.my.cnf", func(context.Context) (string, error) { return password, nil }}
}

// clientSettings returns the settings of a configuration file that are for
// clients, with dashes in their names. A file that cannot be read has none.
func clientSettings(path string) map[string]string {
	sections, err := readINI(path)
	if err != nil {
		return nil
	}
	settings := map[string]string{}
	for _, section := range []string{"client", "client-mariadb"} {
		maps.Copy(settings, dashed(sections[section]))
	}
	return settings
}

// dashed returns settings with one spelling of their names: the clients take
// ssl_ca for ssl-ca.
func dashed(settings map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range settings {
		out[strings.ReplaceAll(name, "_", "-")] = value
	}
	return out
}
