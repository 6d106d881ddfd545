package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/rowan-db/rowan/e2e/servers"
)

func postgresBare() bare {
	return bare{kind: "postgres", label: "pgx", fill: fillPostgres, crowd: crowdPostgres, open: openPgx}
}

func fillPostgres(ctx context.Context, s *servers.Server, rows int) error {
	_, err := s.Query(ctx, fmt.Sprintf(`CREATE TABLE %s (
	id bigint PRIMARY KEY, account text NOT NULL, amount numeric(12,2) NOT NULL, at timestamptz NOT NULL, note text);
INSERT INTO %s SELECT i, 'account-' || i %% 5000, i * 0.37, '2026-01-01'::timestamptz + i * interval '1 second', 'note number ' || i
	FROM generate_series(1, %d) AS i;
VACUUM ANALYZE %s;`, tableName, tableName, rows, tableName))
	return err
}

// tablesAtOnce is how many tables a transaction makes: each takes locks, of
// which the server has a limited number.
const tablesAtOnce = 500

func crowdPostgres(ctx context.Context, s *servers.Server, tables int) error {
	for i := 0; i < tables; i += tablesAtOnce {
		var sql strings.Builder
		for j := i; j < min(i+tablesAtOnce, tables); j++ {
			fmt.Fprintf(&sql, "CREATE TABLE %[1]s (id bigint PRIMARY KEY, v text); INSERT INTO %[1]s VALUES (1, 'a'), (2, 'b');\n", crowdedName(j))
		}
		if _, err := s.Query(ctx, sql.String()); err != nil {
			return err
		}
	}
	return nil
}

// event is a row as a program that knows the table would have it.
type event struct {
	id      int64
	account string
	amount  pgtype.Numeric
	at      time.Time
	note    *string
}

const eventColumns = "id, account, amount, at, note"

type pgxReader struct{ *pgx.Conn }

func openPgx(ctx context.Context, url string) (reader, error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	return pgxReader{c}, nil
}

func (r pgxReader) Close() error { return r.Conn.Close(context.Background()) }

// events runs a query and hands its rows on.
func (r pgxReader) events(ctx context.Context, each func(e event), sql string, args ...any) error {
	rows, err := r.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e event
		if err := rows.Scan(&e.id, &e.account, &e.amount, &e.at, &e.note); err != nil {
			return err
		}
		each(e)
	}
	return rows.Err()
}

func (r pgxReader) page(ctx context.Context, after int64, limit int) (int, error) {
	var page []event
	err := r.events(ctx, func(e event) { page = append(page, e) },
		"SELECT "+eventColumns+" FROM "+tableName+" WHERE id > $1 ORDER BY id LIMIT $2", after, limit+1)
	return min(len(page), limit), err
}

func (r pgxReader) all(ctx context.Context) (n int, err error) {
	err = r.events(ctx, func(event) { n++ }, "SELECT "+eventColumns+" FROM "+tableName+" ORDER BY id")
	return n, err
}

func (r pgxReader) get(ctx context.Context, key int64) (n int, err error) {
	err = r.events(ctx, func(event) { n++ }, "SELECT "+eventColumns+" FROM "+tableName+" WHERE id = $1", key)
	return n, err
}
