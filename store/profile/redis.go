package profile

import (
	"context"
	"os"
)

// settleRedis understands redis://host:port/db, redis+unix:///path?db=0, and
// the parameters socket and tls.
func settleRedis(e *endpoint) error {
	fill(&e.socket, e.take("socket"))
	if e.scheme == "redis+unix" {
		fill(&e.socket, "/"+e.database)
		e.database = ""
	}
	fill(&e.database, e.take("db"), "0")
	fill(&e.host, "localhost")
	if err := e.tls.fillMode("tls", e.take("tls")); err != nil {
		return err
	}
	if err := e.takeTimeout("dial_timeout", ""); err != nil {
		return err
	}
	return e.checkPort()
}

// redisPassword is REDISCLI_AUTH, which redis-cli reads.
func redisPassword(*endpoint) *PasswordSource {
	password := os.Getenv("REDISCLI_AUTH")
	if password == "" {
		return nil
	}
	return &PasswordSource{"the environment variable REDISCLI_AUTH", func(context.Context) (string, error) { return password, nil }}
}
