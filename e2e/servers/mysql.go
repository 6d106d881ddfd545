//go:build unix

package servers

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func mysql() Kind {
	return Kind{
		Name:     "mysql",
		Title:    "MariaDB",
		Env:      "ROWAN_TEST_MYSQL",
		Programs: []string{"mariadbd", "mariadb-install-db", "mariadb"},
		Packages: []string{"mariadb-server-core", "mariadb-client-core"},
		users:    []string{"mysql", "nobody"},
		stop:     syscall.SIGTERM,
		orphaned: syscall.SIGKILL,
		prepare:  prepareMySQL,
		command:  mysqlCommand,
		query:    mysqlQuery,
		ready: func(ctx context.Context, s *Server) (string, error) {
			return s.Query(ctx, "select substring_index(version(), '-', 1)")
		},
		url: func(s *Server) string {
			return fmt.Sprintf("mysql://%s:%s@127.0.0.1:%d/%s", database, s.password, s.Port, database)
		},
	}
}

// mysqlSettings keep the files small and the writes fast, but what was committed
// outlives a server that is killed. The same ones are needed to make the files
// and to use them.
func mysqlSettings(s *Server) []string {
	return []string{"--no-defaults", "--datadir=" + filepath.Join(s.dir.home(), "data"),
		"--innodb-log-file-size=16M", "--innodb-buffer-pool-size=64M",
		"--innodb-flush-log-at-trx-commit=2", "--skip-innodb-doublewrite"}
}

// prepareMySQL makes the data directory, and the statements that the server
// executes before it listens: they leave no account without a password.
func prepareMySQL(ctx context.Context, s *Server) error {
	install := append([]string{"mariadb-install-db"}, mysqlSettings(s)...)
	install = append(install, "--auth-root-authentication-method=normal", "--skip-test-db")
	if err := s.tool(ctx, install...); err != nil {
		return err
	}
	account := fmt.Sprintf("'%s'@'127.0.0.1'", database)
	return s.user.write(filepath.Join(s.dir.home(), "init.sql"), strings.Join([]string{
		"create database if not exists " + database + ";",
		"delete from mysql.global_priv where user in ('', 'root', '" + database + "');",
		"flush privileges;",
		"create user " + account + " identified by '" + s.password + "';",
		"grant all privileges on *.* to " + account + " with grant option;",
		"",
	}, "\n"))
}

func mysqlCommand(s *Server) []string {
	home := s.dir.home()
	return append(append([]string{"mariadbd"}, mysqlSettings(s)...),
		"--bind-address=127.0.0.1", "--port="+strconv.Itoa(s.Port), "--skip-name-resolve",
		"--socket=mariadbd.sock", // below datadir; the length of an absolute path is limited
		"--pid-file="+filepath.Join(home, "pid"), "--tmpdir="+home, "--init-file="+filepath.Join(home, "init.sql"),
		"--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci", // as Debian's configuration
		"--local-infile=1", "--default-time-zone=+00:00")
}

func mysqlQuery(ctx context.Context, s *Server, statements string) (string, error) {
	argv := []string{"mariadb", "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--port=" + strconv.Itoa(s.Port),
		"--user=" + database, "--database=" + database, "--default-character-set=utf8mb4",
		"--batch", "--skip-column-names", "--connect-timeout=5"}
	return s.client(ctx, argv, []string{"MYSQL_PWD=" + s.password}, statements)
}
