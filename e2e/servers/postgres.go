//go:build unix

package servers

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"syscall"
)

func postgres() Kind {
	return Kind{
		Name:     "postgres",
		Title:    "PostgreSQL",
		Env:      "ROWAN_TEST_POSTGRES",
		Programs: []string{"postgres", "initdb", "psql"},
		Packages: []string{"postgresql"},
		users:    []string{"postgres", "nobody"},
		stop:     syscall.SIGINT,  // "fast": does not wait for clients
		orphaned: syscall.SIGQUIT, // "immediate", but unlike SIGKILL it frees the shared memory
		prepare:  preparePostgres,
		command:  postgresCommand,
		query: func(ctx context.Context, s *Server, statements string) (string, error) {
			return postgresQuery(ctx, s, database, statements)
		},
		ready: postgresReady,
		url: func(s *Server) string {
			return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", database, s.password, s.Port, database)
		},
	}
}

func preparePostgres(ctx context.Context, s *Server) error {
	password := filepath.Join(s.dir.home(), "password")
	if err := s.user.write(password, s.password); err != nil {
		return err
	}
	return s.tool(ctx, "initdb", "--pgdata=data", "--username="+database, "--pwfile="+password,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
}

func postgresCommand(s *Server) []string {
	return []string{"postgres", "-D", filepath.Join(s.dir.home(), "data"),
		"-c", "listen_addresses=127.0.0.1",
		"-c", "port=" + strconv.Itoa(s.Port),
		"-c", "unix_socket_directories=", // the path of a socket is limited to about 100 bytes
		"-c", "fsync=off",
		"-c", "timezone=UTC",
	}
}

func postgresQuery(ctx context.Context, s *Server, db, statements string) (string, error) {
	argv := []string{"psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1",
		"--host=127.0.0.1", "--port=" + strconv.Itoa(s.Port), "--username=" + database, "--dbname=" + db}
	return s.client(ctx, argv, []string{"PGPASSWORD=" + s.password, "PGCONNECT_TIMEOUT=5"}, statements)
}

// postgresReady makes the database, which initdb does not do, with the first
// query that the server answers.
func postgresReady(ctx context.Context, s *Server) (string, error) {
	const create = `select 'create database ` + database + `'
		where not exists (select from pg_database where datname = '` + database + `') \gexec`
	if _, err := postgresQuery(ctx, s, "postgres", create); err != nil {
		return "", err
	}
	return s.Query(ctx, "select split_part(current_setting('server_version'), ' ', 1)")
}
