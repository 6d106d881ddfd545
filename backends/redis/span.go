package redis

import (
	"context"

	client "github.com/redis/go-redis/v9"
)

// pair is a key of a tree and its value, which is nil if only keys are read.
type pair struct{ key, value string }

// span is a part of a tree: the first pairs from a place on, or the last ones
// before it.
type span struct {
	from      string
	bounded   bool // by from; if not, from the tree's end
	exclusive bool // from itself is not part of it
	reverse   bool
	limit     int
	keysOnly  bool
}

// edge returns from as ZRANGEBYLEX takes it.
func (s span) edge() string {
	switch {
	case !s.bounded && s.reverse:
		return "+"
	case !s.bounded:
		return "-"
	case s.exclusive:
		return "(" + s.from
	}
	return "[" + s.from
}

func (s span) command() string {
	if s.reverse {
		return "zrevrangebylex"
	}
	return "zrangebylex"
}

func (s span) end() string {
	if s.reverse {
		return "-"
	}
	return "+"
}

// args returns the command that reads the keys.
func (s span) args(order string) []any {
	return []any{s.command(), order, s.edge(), s.end(), "limit", 0, s.limit}
}

// pageScript reads a page in one round trip, and as one state. It answers nil
// if the registry lacks the tree, and else with the keys and the values.
//
// The server's Lua unpacks a limited number of values at once.
var pageScript = client.NewScript(`
if ARGV[1] ~= '' and not redis.call('ZSCORE', KEYS[1], ARGV[2]) then return false end
local keys = redis.call(ARGV[3], KEYS[2], ARGV[4], ARGV[5], 'LIMIT', 0, ARGV[6])
local values = {}
if ARGV[7] == '' then
  for i = 1, #keys, 4000 do
    local some = redis.call('HMGET', KEYS[3], unpack(keys, i, math.min(i + 3999, #keys)))
    for _, v in ipairs(some) do values[#values + 1] = v end
  end
end
return {keys, values}
`)

// inScript is how many rows the script reads at most: it takes one round trip
// less, but a little more of the server's time for each row.
const inScript = 256

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}

// page runs pageScript. The first time it is sent as a whole, and by its
// checksum from then on.
func (s *server) page(ctx context.Context, tree string, h home, part span) ([]any, error) {
	keys := []string{registryKey, h.order, h.rows}
	args := []any{flag(!h.unlisted), tree, part.command(), part.edge(), part.end(), part.limit, flag(part.keysOnly)}
	run := pageScript.Run
	if !s.sent.Swap(true) {
		run = pageScript.Eval
	}
	return run(ctx, s.rdb, keys, args...).Slice()
}
