//go:build unix

package servers

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func redis() Kind {
	return Kind{
		Name:     "redis",
		Title:    "Redis",
		Env:      "ROWAN_TEST_REDIS",
		Programs: []string{"redis-server", "redis-cli"},
		Packages: []string{"redis-server"},
		users:    []string{"redis", "nobody"},
		stop:     syscall.SIGTERM,
		orphaned: syscall.SIGKILL,
		prepare: func(_ context.Context, s *Server) error {
			return s.user.write(redisConf(s), redisSettings+"requirepass "+s.password+"\n")
		},
		command: func(s *Server) []string {
			return []string{"redis-server", redisConf(s), "--port", strconv.Itoa(s.Port)}
		},
		query: redisQuery,
		ready: redisReady,
		url: func(s *Server) string {
			return fmt.Sprintf("redis://default:%s@127.0.0.1:%d/0", s.password, s.Port)
		},
	}
}

// redisSettings keep everything in memory, so that no file outlives the server.
const redisSettings = `bind 127.0.0.1
daemonize no
save ""
appendonly no
`

func redisConf(s *Server) string { return filepath.Join(s.dir.home(), "redis.conf") }

// redisQuery runs the client once for each command: from its standard input it
// would take them all, but not tell of errors.
func redisQuery(ctx context.Context, s *Server, commands string) (string, error) {
	env := []string{"REDISCLI_AUTH=" + s.password}
	var replies []string
	for command := range strings.Lines(commands) {
		argv := []string{"redis-cli", "-e", "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port)}
		reply, err := s.client(ctx, append(argv, strings.Fields(command)...), env, "")
		if err != nil {
			return "", err
		}
		replies = append(replies, reply)
	}
	return strings.Join(replies, "\n"), nil
}

// redisReady asks for the version, which a server that is not open yet, or
// asks for another password, does not give.
func redisReady(ctx context.Context, s *Server) (string, error) {
	info, err := s.Query(ctx, "info server")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(info) {
		if version, ok := strings.CutPrefix(line, "redis_version:"); ok {
			return strings.TrimSpace(version), nil
		}
	}
	return "", errors.New("no redis_version in its answer to INFO")
}
