package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/e2e/servers"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

func redisBare() bare {
	return bare{kind: "redis", label: "go-redis", fill: fillRedis, crowd: crowdRedis, open: openRedis}
}

// fillRedis makes a table of rowan's own: Redis itself has none.
func fillRedis(ctx context.Context, s *servers.Server, rows int) error {
	return writing(ctx, s, func(db *store.Store, w *store.Writer) error {
		schema := &store.Schema{
			Name: tableName,
			Key:  []store.Column{{Name: "id", Kind: tuple.KindInt}},
			Columns: []store.Column{
				{Name: "account", Kind: tuple.KindText}, {Name: "amount", Kind: tuple.KindDecimal},
				{Name: "at", Kind: tuple.KindTimestamp}, {Name: "note", Kind: tuple.KindText, Nullable: true},
			},
		}
		if err := w.CreateTable(ctx, schema); err != nil {
			return err
		}
		t, err := db.Table(ctx, tableName)
		if err != nil {
			return err
		}
		return w.Load(ctx, t, events(rows))
	})
}

// writing opens the server's database to write.
func writing(ctx context.Context, s *servers.Server, fn func(db *store.Store, w *store.Writer) error) (err error) {
	db, err := backends.Open(ctx, s.URL(), backends.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w, err := db.Writer()
	if err != nil {
		return err
	}
	return fn(db, w)
}

// events returns the same rows that the SQL servers have.
func events(rows int) iter.Seq2[store.Row, error] {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return func(yield func(store.Row, error) bool) {
		for i := 1; i <= rows; i++ {
			cents := i * 37
			amount, err := tuple.Decimal(fmt.Sprintf("%d.%02d", cents/100, cents%100))
			row := store.Row{Key: tuple.Of(tuple.Int(int64(i))), Values: []tuple.Value{
				tuple.Text(fmt.Sprintf("account-%d", i%5000)), amount,
				tuple.Instant(begin.Add(time.Duration(i) * time.Second)), tuple.Text(fmt.Sprintf("note number %d", i)),
			}}
			if !yield(row, err) {
				return
			}
		}
	}
}

func crowdRedis(ctx context.Context, s *servers.Server, tables int) error {
	return writing(ctx, s, func(db *store.Store, w *store.Writer) error {
		for i := range tables {
			name := crowdedName(i)
			err := w.CreateTable(ctx, &store.Schema{
				Name:    name,
				Key:     []store.Column{{Name: "id", Kind: tuple.KindInt}},
				Columns: []store.Column{{Name: "v", Kind: tuple.KindText, Nullable: true}},
			})
			if err != nil {
				return err
			}
			_, err = w.Apply(ctx, []store.Change{{Op: store.Insert, Table: name, Key: tuple.Of(tuple.Int(1))}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// The keys of a table of rowan's own: a sorted set of its keys, and a hash of
// its rows.
const (
	redisOrder = "rowan:keys:" + tableName
	redisRows  = "rowan:rows:" + tableName
)

type redisReader struct{ *redis.Client }

func openRedis(_ context.Context, url string) (reader, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	return redisReader{redis.NewClient(o)}, nil
}

// part reads rows whose keys follow a bound, and returns the last key.
func (r redisReader) part(ctx context.Context, bound string, limit int) (rows []record, last string, err error) {
	keys, err := r.ZRangeArgs(ctx, redis.ZRangeArgs{Key: redisOrder, Start: bound, Stop: "+", ByLex: true, Count: int64(limit)}).Result()
	if err != nil || len(keys) == 0 {
		return nil, "", err
	}
	values, err := r.HMGet(ctx, redisRows, keys...).Result()
	if err != nil {
		return nil, "", err
	}
	rows = make([]record, len(keys))
	for i, key := range keys {
		value, _ := values[i].(string)
		if err := rows[i].decode(key, value); err != nil {
			return nil, "", err
		}
	}
	return rows, keys[len(keys)-1], nil
}

func (r redisReader) page(ctx context.Context, after int64, limit int) (int, error) {
	rows, _, err := r.part(ctx, "("+redisKey(after), limit)
	return len(rows), err
}

func (r redisReader) all(ctx context.Context) (n int, err error) {
	for bound := "-"; ; {
		rows, last, err := r.part(ctx, bound, pageRows)
		n += len(rows)
		if err != nil || len(rows) < pageRows {
			return n, err
		}
		bound = "(" + last
	}
}

func (r redisReader) get(ctx context.Context, key int64) (int, error) {
	k := redisKey(key)
	value, err := r.HGet(ctx, redisRows, k).Result()
	if err != nil {
		return 0, err
	}
	var row record
	return 1, row.decode(k, value)
}

// redisKey is a key as rowan encodes it.
func redisKey(x int64) string { return string(tuple.Of(tuple.Int(x)).Append(nil)) }

var errLayout = errors.New("the row is not of the layout that the table has")

// The layout of a row: a format and a number of columns, and for each a code, a
// length and its bytes. A text is as it is, of all else the bytes are those of a
// tuple of one.
const (
	layoutFormat = 1
	layoutText   = 0x80 + byte(tuple.KindText)
)

// decode makes a record of what the server keeps, as a program that knows the
// table would.
func (e *record) decode(key, value string) error {
	id, err := tuple.Decode([]byte(key))
	if err != nil || len(id) != 1 || len(value) < 2 || value[0] != layoutFormat || value[1] != 4 {
		return errors.Join(errLayout, err)
	}
	e.id = id[0].AsInt()
	var column [4]string
	var code [4]byte
	rest := value[2:]
	for i := range column {
		if len(rest) < 2 || len(rest) < 2+int(rest[1]) { // none is longer than a byte says
			return errLayout
		}
		code[i], column[i], rest = rest[0], rest[2:2+int(rest[1])], rest[2+int(rest[1]):]
	}
	amount, err1 := tuple.Decode([]byte(column[1]))
	at, err2 := tuple.Decode([]byte(column[2]))
	if err := errors.Join(err1, err2); err != nil || code[0] != layoutText || len(amount) != 1 || len(at) != 1 {
		return errors.Join(errLayout, err)
	}
	e.account, e.amount, e.at = column[0], amount[0].AsText(), at[0].AsTime()
	if code[3] == layoutText {
		e.note = sql.NullString{String: column[3], Valid: true}
	}
	return nil
}
