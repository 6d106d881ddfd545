package redis

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
)

// The keys that hold tables of rowan's own.
const (
	registryKey = "rowan:tables"
	keysPrefix  = "rowan:keys:"
	rowsPrefix  = "rowan:rows:"
	loadPrefix  = "rowan:load:"
)

// batch is how many pairs go into one command that writes: the fewer commands
// the better, but each keeps the others waiting.
const batch = 500

// server is the ordered byte store that [kvrows] makes tables of. It implements
// [kvrows.Engine].
type server struct {
	rdb     *client.Client
	version int         // see parseVersion
	kvlayer []string    // namespaces, see kvlayer.go
	sent    atomic.Bool // the server has been sent pageScript

	mu    sync.Mutex
	found map[string]home // of the tables that kvlayer made
}

// home is where a tree is kept. Order is a sorted set of its keys, all with the
// score 0; rows is the hash of their values.
type home struct {
	order, rows string
	// unlisted tells that the tree is not in the registry, because another
	// program made it. It has a field in its hash that is no row.
	unlisted bool
}

func homeOf(tree string) home {
	return home{order: keysPrefix + tree, rows: rowsPrefix + tree}
}

// home returns where a tree is kept, if there is one of that name.
func (s *server) home(tree string) home {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h, ok := s.found[tree]; ok {
		return h
	}
	return homeOf(tree)
}

// Begin implements [kvrows.Engine].
func (s *server) Begin(ctx context.Context, writable bool) (kvrows.Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if writable {
		// The context of this call must not end what comes later.
		return s.begin(context.WithoutCancel(ctx), &commitment{}), nil
	}
	return &readTx{ctx: ctx, server: s}, nil
}

// Guard implements [kvrows.Engine]. What trees return is memory of ours.
func (s *server) Guard(f func() error) error { return f() }

// Close implements [kvrows.Engine]. The connections are closed by who made
// them.
func (s *server) Close() error { return nil }

// trees lists the names of all trees.
func (s *server) trees(ctx context.Context, c client.Cmdable) ([]string, error) {
	names, err := c.ZRange(ctx, registryKey, 0, -1).Result()
	if err != nil {
		return nil, err
	}
	foreign, err := s.findKvlayer(ctx, c)
	return append(names, foreign...), err
}

// ownKeys returns the keys that hold the trees, whether they exist or not.
func ownKeys(trees []string) []string {
	keys := []string{registryKey}
	for _, tree := range trees {
		if !strings.HasPrefix(tree, kvlayerPrefix) {
			h := homeOf(tree)
			keys = append(keys, h.order, h.rows)
		}
	}
	return keys
}
