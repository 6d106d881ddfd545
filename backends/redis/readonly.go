package redis

import (
	"context"
	"net"
	"strings"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
)

// reading are the commands that pass on a connection of a database that is
// opened read-only.
var reading = map[string]bool{
	"auth": true, "hello": true, "select": true, "client": true, "ping": true, "info": true,
	"watch": true, "unwatch": true, "multi": true, "exec": true, "discard": true,
	"dbsize": true, "exists": true, "type": true, "scan": true, "memory": true,
	"pttl": true, "pexpiretime": true, "strlen": true, "getrange": true, "get": true,
	"hlen": true, "hscan": true, "hget": true, "hmget": true,
	"llen": true, "lrange": true,
	"scard": true, "sscan": true, "smismember": true, "sismember": true,
	"zcard": true, "zscore": true, "zrange": true, "zrevrange": true, "zrank": true, "zcount": true,
	"zrangebylex": true, "zrevrangebylex": true, "zlexcount": true,
	"xlen": true, "xrange": true, "xrevrange": true,
	"evalsha": true, "eval": true, // of the one script that there is, which reads
}

// readingOnly lets no other command through. The server has no way to refuse
// them, so this is the last door, behind the types that have no methods to
// write.
type readingOnly struct{}

func pass(command client.Cmder) error {
	if name := strings.ToLower(command.Name()); !reading[name] {
		return driver.Errorf(driver.ReadOnly, "the command %s is refused: the database was opened read-only", strings.ToUpper(name))
	}
	return nil
}

// DialHook implements [client.Hook].
func (readingOnly) DialHook(next client.DialHook) client.DialHook {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		return next(ctx, network, address)
	}
}

// ProcessHook implements [client.Hook].
func (readingOnly) ProcessHook(next client.ProcessHook) client.ProcessHook {
	return func(ctx context.Context, command client.Cmder) error {
		if err := pass(command); err != nil {
			command.SetErr(err)
			return err
		}
		return next(ctx, command)
	}
}

// ProcessPipelineHook implements [client.Hook].
func (readingOnly) ProcessPipelineHook(next client.ProcessPipelineHook) client.ProcessPipelineHook {
	return func(ctx context.Context, commands []client.Cmder) error {
		for _, command := range commands {
			if err := pass(command); err != nil {
				return err
			}
		}
		return next(ctx, commands)
	}
}
