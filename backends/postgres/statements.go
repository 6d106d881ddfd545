package postgres

import (
	"context"
	"encoding/binary"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// statements are what a connection has prepared. A statement is prepared when
// it is run for the second time: the first run of any, such as the first page
// of a table, takes one round trip.
type statements struct {
	seen     map[string]bool
	prepared map[string]*pgconn.StatementDescription
	next     int
}

// mostStatements is how many statements a connection knows. Then it forgets
// all: those that are still in use come back soon.
const mostStatements = 100

func newStatements() *statements {
	return &statements{seen: map[string]bool{}, prepared: map[string]*pgconn.StatementDescription{}}
}

// find returns the description of a statement that is prepared, nil if it is
// not. A failure to prepare it is found again when it is run.
func (s *statements) find(ctx context.Context, pg *pgconn.PgConn, query string, oids []uint32) *pgconn.StatementDescription {
	if s == nil || len(oids) == 0 {
		return nil // a statement about the transaction, or that takes long itself
	}
	types := make([]byte, 0, 64)
	for _, oid := range oids {
		types = binary.BigEndian.AppendUint32(types, oid)
	}
	key := query + string(types)
	if d := s.prepared[key]; d != nil {
		return d
	}
	if !s.seen[key] {
		s.note(ctx, pg, key)
		return nil
	}
	return s.prepare(ctx, pg, key, query, oids)
}

// command returns the description of a statement without parameters that stands
// around others, nil if it is not prepared. In a transaction none is prepared
// anew: a failure would fail the transaction.
func (s *statements) command(ctx context.Context, pg *pgconn.PgConn, query string) *pgconn.StatementDescription {
	if s == nil {
		return nil
	}
	if d := s.prepared[query]; d != nil || pg.TxStatus() != inNone {
		return d
	}
	return s.prepare(ctx, pg, query, query, nil)
}

func (s *statements) prepare(ctx context.Context, pg *pgconn.PgConn, key, query string, oids []uint32) *pgconn.StatementDescription {
	s.next++
	d, err := pg.Prepare(ctx, "rowan_"+strconv.Itoa(s.next), query, oids)
	if err != nil {
		return nil
	}
	s.prepared[key] = d
	return d
}

// forget forgets all: a table has been altered, or the server does not know them.
func (s *statements) forget() {
	if s != nil {
		clear(s.seen)
		clear(s.prepared)
	}
}

func (s *statements) note(ctx context.Context, pg *pgconn.PgConn, key string) {
	if len(s.seen) >= mostStatements {
		if _, err := pg.Exec(ctx, "DEALLOCATE ALL").ReadAll(); err != nil {
			return
		}
		s.forget()
	}
	s.seen[key] = true
}
