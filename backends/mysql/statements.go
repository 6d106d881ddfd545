package mysql

import (
	"context"
	"database/sql/driver"
	"slices"
)

// statements are the queries that a connection has run of late, the latest
// first. One that is run again is prepared: that costs a round trip, once, and
// from then on the server neither parses it again nor prints every number as
// text.
type statements struct{ list []*known }

// known is a query that has been run.
type known struct {
	query    string
	prepared nativeStmt // nil if it was run once only
}

// mostStatements is how many queries are remembered of each connection.
const mostStatements = 32

// longestPrepared is how long a query may be to be prepared, in bytes.
const longestPrepared = 16 << 10

// again returns the prepared statement of a query, or nil if it has not been run
// before.
func (s *statements) again(ctx context.Context, c nativeConn, query string) (nativeStmt, error) {
	i := slices.IndexFunc(s.list, func(k *known) bool { return k.query == query })
	if i < 0 {
		s.remember(&known{query: query})
		return nil, nil
	}
	k := s.list[i]
	s.list = slices.Insert(slices.Delete(s.list, i, i+1), 0, k)
	if k.prepared == nil {
		prepared, err := c.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		k.prepared = prepared.(nativeStmt)
	}
	return k.prepared, nil
}

func (s *statements) remember(k *known) {
	s.list = slices.Insert(s.list, 0, k)
	if len(s.list) > mostStatements {
		last := s.list[mostStatements]
		s.list = s.list[:mostStatements]
		last.close()
	}
}

// forget drops a query whose statement cannot be run any more.
func (s *statements) forget(query string) {
	s.list = slices.DeleteFunc(s.list, func(k *known) bool {
		if k.query == query {
			k.close()
		}
		return k.query == query
	})
}

func (k *known) close() {
	if k.prepared != nil {
		_ = k.prepared.Close()
	}
}

// isPreparable reports whether arguments mean the same beside a statement as in
// it. A decimal does not: it would be text.
func isPreparable(query string, args []driver.NamedValue) bool {
	return len(query) <= longestPrepared && !slices.ContainsFunc(args, func(a driver.NamedValue) bool {
		_, decimal := a.Value.(literal)
		return decimal || isLarge(a.Value)
	})
}
