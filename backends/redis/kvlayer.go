package redis

import (
	"context"
	"regexp"
	"slices"

	client "github.com/redis/go-redis/v9"
)

// kvlayerPrefix begins the names of tables that kvlayer made.
const kvlayerPrefix = "kvlayer/"

// kvlayerID is how kvlayer names a table's keys: a UUID without dashes.
var kvlayerID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// findKvlayer looks for the tables of the namespaces that the URL names, and
// returns their names. A namespace is a hash, APP_NAMESPACE, of the tables'
// IDs; a table is a hash, ID, of its values and a sorted set, ID and "k", of
// its keys.
func (s *server) findKvlayer(ctx context.Context, c client.Cmdable) ([]string, error) {
	var names []string
	for _, namespace := range s.kvlayer {
		ids, err := c.HGetAll(ctx, namespace).Result()
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		for table, id := range ids {
			if !kvlayerID.MatchString(id) {
				continue // the hash is of something else
			}
			if s.found == nil {
				s.found = map[string]home{}
			}
			name := kvlayerPrefix + namespace + "/" + table
			s.found[name] = home{order: id + "k", rows: id, unlisted: true}
			names = append(names, name)
		}
		s.mu.Unlock()
	}
	slices.Sort(names)
	return names, nil
}
