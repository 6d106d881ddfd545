package redis

import (
	"context"
	"time"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// keysTable is all keys of the database.
type keysTable struct{ db *DB }

// The columns of keysTable.
const (
	keyType = iota
	keyValue
	keyExpires
	keyTTL
	keyLength
	keyMemory
	keyColumns
)

func (t *keysTable) schema() *driver.Schema {
	columns := make([]driver.Column, keyColumns)
	columns[keyType] = driver.Column{Name: "type", Type: "text", Kind: tuple.KindText, Default: "string"}
	columns[keyValue] = driver.Column{Name: "value", Type: "text", Kind: tuple.KindText, Nullable: true}
	columns[keyExpires] = driver.Column{Name: "expires", Type: "timestamp", Kind: tuple.KindTimestamp, Nullable: true}
	columns[keyTTL] = driver.Column{Name: "ttl", Type: "seconds", Kind: tuple.KindInt, Nullable: true, Generated: true}
	columns[keyLength] = driver.Column{Name: "length", Type: "bytes or elements", Kind: tuple.KindInt, Nullable: true, Generated: true}
	columns[keyMemory] = driver.Column{Name: "memory", Type: "bytes", Kind: tuple.KindInt, Nullable: true, Generated: true}
	return &driver.Schema{
		Name: Keys, Kind: driver.Table, Key: []driver.Column{column("key", tuple.KindText)}, Columns: columns,
	}
}

func (t *keysTable) holder(key tuple.Tuple) string { return key[0].AsText() }

func (t *keysTable) list(ctx context.Context, r tuple.Range, begins bool) ([]string, error) {
	return t.db.names.list(ctx, Keys, r, begins, t.db.scanKeys)
}

func (db *DB) scanKeys(ctx context.Context, at uint64, pattern string) ([]string, uint64, error) {
	return db.rdb.Scan(ctx, at, pattern, scanCount).Result()
}

func (t *keysTable) scan(ctx context.Context, q driver.Query) (driver.Page, error) {
	return scanNames(ctx, t, t.db.rdb, q)
}

func (t *keysTable) count(ctx context.Context, r tuple.Range) (int64, error) {
	if r.All() {
		return t.db.rdb.DBSize(ctx).Result()
	}
	return countNames(ctx, t, r)
}

func (t *keysTable) nth(ctx context.Context, n int64) (tuple.Tuple, error) { return nthName(ctx, t, n) }

// get reads in two round trips: of what type keys are, and what is in them.
func (t *keysTable) get(ctx context.Context, c client.Cmdable, keys []tuple.Tuple, most int) ([]*driver.Row, error) {
	facts := make([]*facts, len(keys))
	err := t.ask(ctx, c, func(p client.Pipeliner) {
		for i, key := range keys {
			if key[0].Kind() == tuple.KindText {
				facts[i] = t.askFacts(ctx, p, key[0].AsText())
			}
		}
	})
	if err != nil {
		return nil, err
	}
	err = t.ask(ctx, c, func(p client.Pipeliner) {
		for _, f := range facts {
			if f != nil {
				f.askContents(ctx, p, most)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	rows := make([]*driver.Row, len(keys))
	for i, f := range facts {
		if f != nil && f.exists() {
			rows[i] = f.row(keys[i], most, t.db.server.version >= expiryVersion)
		}
	}
	return rows, nil
}

// ask runs commands in one round trip. That the server refuses some, such as
// MEMORY, or that a key has become another's meanwhile, fails only those.
func (t *keysTable) ask(ctx context.Context, c client.Cmdable, ask func(client.Pipeliner)) error {
	p := c.Pipeline()
	ask(p)
	if p.Len() == 0 {
		return nil
	}
	if _, err := p.Exec(ctx); err != nil && err != client.Nil && !refused(err) {
		return err
	}
	return nil
}

// expiryVersion is the first version that tells when a key expires, and not
// only in how long: 7.0.
const expiryVersion = 70000

// facts is what the server is asked about a key.
type facts struct {
	key     string
	kind    *client.StatusCmd
	left    *client.DurationCmd // until it expires
	expires *client.DurationCmd // since 1970
	memory  *client.IntCmd

	length *client.IntCmd
	value  *client.StringCmd // of a string
	some   sample            // of anything else
}

func (t *keysTable) askFacts(ctx context.Context, p client.Pipeliner, key string) *facts {
	f := &facts{key: key, kind: p.Type(ctx, key), left: p.PTTL(ctx, key)}
	if t.db.server.version >= expiryVersion {
		f.expires = p.PExpireTime(ctx, key)
	}
	f.memory = p.MemoryUsage(ctx, key)
	return f
}

func (f *facts) exists() bool { return f.kind.Err() == nil && f.kind.Val() != "none" }

// askContents asks for the beginning of what is in the key.
func (f *facts) askContents(ctx context.Context, p client.Pipeliner, most int) {
	switch f.kind.Val() {
	case "string":
		f.length = p.StrLen(ctx, f.key)
		if most > 0 {
			f.value = p.GetRange(ctx, f.key, 0, int64(most)) // one byte more
		} else {
			f.value = p.Get(ctx, f.key)
		}
	case "hash":
		f.length = p.HLen(ctx, f.key)
	case "set":
		f.length = p.SCard(ctx, f.key)
	case "zset":
		f.length = p.ZCard(ctx, f.key)
	case "list":
		f.length = p.LLen(ctx, f.key)
	case "stream":
		f.length = p.XLen(ctx, f.key)
	}
	f.some = askSample(ctx, p, f.key, f.kind.Val())
}

func (f *facts) row(key tuple.Tuple, most int, exact bool) *driver.Row {
	values := make([]tuple.Value, keyColumns)
	values[keyType] = tuple.Text(f.kind.Val())
	if left := f.left.Val(); f.left.Err() == nil && left > 0 {
		values[keyTTL] = tuple.Int(int64(left.Round(time.Second) / time.Second))
		when := time.Now().Add(left).Round(time.Second)
		if exact && f.expires.Err() == nil && f.expires.Val() > 0 {
			when = time.UnixMilli(int64(f.expires.Val() / time.Millisecond))
		}
		values[keyExpires] = tuple.Instant(when)
	}
	if f.memory.Err() == nil {
		values[keyMemory] = tuple.Int(f.memory.Val())
	}
	if f.length != nil && f.length.Err() == nil {
		values[keyLength] = tuple.Int(f.length.Val())
	}
	row := &driver.Row{Key: key, Values: values}
	switch {
	case f.value == nil:
		values[keyValue] = f.some.value(f.kind.Val())
	case f.value.Err() == nil:
		values[keyValue] = tuple.Text(f.value.Val())
		if whole := f.length.Val(); most > 0 && whole > int64(most) {
			row.Cut = []driver.Cut{{Column: keyValue, Size: whole}}
		}
	}
	row.CutTo(most)
	return row
}

// steady implements [volatile]. The time that is left, the memory that a key
// takes and what is shown of a collection change without anybody's doing.
func (t *keysTable) steady(base []tuple.Value, current *driver.Row) []tuple.Value {
	out := make([]tuple.Value, len(base))
	copy(out, base)
	for i := range out {
		if i >= len(current.Values) {
			break
		}
		switch i {
		case keyTTL, keyMemory:
			out[i] = current.Values[i]
		case keyValue:
			if current.Values[keyType] != tuple.Text("string") && base[keyType] == current.Values[keyType] {
				out[i] = current.Values[i]
			}
		case keyExpires:
			if t.db.server.version < expiryVersion && base[i].IsNull() == current.Values[i].IsNull() {
				out[i] = current.Values[i]
			}
		}
	}
	return out
}
