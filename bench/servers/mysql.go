package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/rowan-db/rowan/e2e/servers"
)

func mysqlBare() bare {
	return bare{kind: "mysql", label: "go-sql-driver", fill: fillMySQL, crowd: crowdMySQL, open: openMySQL}
}

func fillMySQL(ctx context.Context, s *servers.Server, rows int) error {
	_, err := s.Query(ctx, fmt.Sprintf(`CREATE TABLE %s (
	id bigint PRIMARY KEY, account varchar(40) NOT NULL, amount decimal(12,2) NOT NULL, at datetime NOT NULL, note varchar(80));
INSERT INTO %s SELECT seq, concat('account-', seq %% 5000), seq * 0.37, '2026-01-01' + interval seq second, concat('note number ', seq)
	FROM seq_1_to_%d;
ANALYZE TABLE %s;`, tableName, tableName, rows, tableName))
	return err
}

func crowdMySQL(ctx context.Context, s *servers.Server, tables int) error {
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

// mysqlReader has its statements prepared on one connection.
type mysqlReader struct {
	db               *sql.DB
	one, some, whole *sql.Stmt
}

func openMySQL(ctx context.Context, target string) (reader, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	c := mysql.NewConfig()
	c.Net, c.Addr, c.DBName, c.ParseTime = "tcp", u.Host, strings.TrimPrefix(u.Path, "/"), true
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, err
	}
	r := &mysqlReader{db: sql.OpenDB(connector)}
	r.db.SetMaxOpenConns(1)
	for _, s := range []struct {
		to   **sql.Stmt
		rest string
	}{{&r.one, "WHERE id = ?"}, {&r.some, "WHERE id > ? ORDER BY id LIMIT ?"}, {&r.whole, "ORDER BY id"}} {
		if *s.to, err = r.db.PrepareContext(ctx, "SELECT "+eventColumns+" FROM "+tableName+" "+s.rest); err != nil {
			return nil, errors.Join(err, r.db.Close())
		}
	}
	return r, nil
}

func (r *mysqlReader) Close() error { return r.db.Close() }

// record is a row as a program that knows the table would have it.
type record struct {
	id      int64
	account string
	amount  string
	at      time.Time
	note    sql.NullString
}

func records(ctx context.Context, each func(e record), s *sql.Stmt, args ...any) (err error) {
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var e record
		if err := rows.Scan(&e.id, &e.account, &e.amount, &e.at, &e.note); err != nil {
			return err
		}
		each(e)
	}
	return rows.Err()
}

func (r *mysqlReader) page(ctx context.Context, after int64, limit int) (int, error) {
	var page []record
	err := records(ctx, func(e record) { page = append(page, e) }, r.some, after, limit+1)
	return min(len(page), limit), err
}

func (r *mysqlReader) all(ctx context.Context) (n int, err error) {
	err = records(ctx, func(record) { n++ }, r.whole)
	return n, err
}

func (r *mysqlReader) get(ctx context.Context, key int64) (n int, err error) {
	err = records(ctx, func(record) { n++ }, r.one, key)
	return n, err
}
