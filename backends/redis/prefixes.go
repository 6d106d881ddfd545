package redis

import (
	"context"
	"strings"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Prefixes is the name of the table of what keys begin with, up to the first
// colon: it is how people give keys an order.
const Prefixes = "prefixes"

// prefixesBelow begins the name of the table of the prefixes that are longer by
// one colon than the one that follows it.
const prefixesBelow = Prefixes + "/"

// prefixTable counts the keys that begin alike.
type prefixTable struct {
	db    *DB
	name  string
	below string
}

func (t *prefixTable) schema() *driver.Schema {
	keys, counted := column("keys", tuple.KindInt), column("counted", tuple.KindText)
	return &driver.Schema{
		Name: t.name, Kind: driver.View, Key: []driver.Column{column("prefix", tuple.KindText)},
		Columns: []driver.Column{keys, counted}, ReadOnly: "it is computed from the keys",
	}
}

func (t *prefixTable) holder(key tuple.Tuple) string { return key[0].AsText() }

// prefixLinks returns what a prefix leads to.
func prefixLinks(r *driver.Row) []driver.Link {
	prefix := r.Key[0].AsText()
	return []driver.Link{
		{Name: "keys", Column: driver.AnyColumn, Table: Keys, Range: tuple.PrefixPart(named(prefix))},
		{Name: "longer prefixes", Column: driver.AnyColumn, Table: prefixesBelow + prefix},
	}
}

// groups returns a row for each prefix. If there are more keys than are listed
// at most, the numbers are those of the keys that were found: there are at
// least so many.
func (t *prefixTable) groups(ctx context.Context, begins bool) ([]driver.Row, error) {
	found, err := t.db.names.collect(ctx, Keys, t.below, begins, t.db.scanKeys)
	if err != nil {
		return nil, err
	}
	counted := "all"
	if !found.whole {
		counted = "at least"
	}
	var rows []driver.Row
	last, n := "", int64(0)
	end := func() {
		if n > 0 {
			rows = append(rows, driver.Row{Key: named(last), Values: []tuple.Value{tuple.Int(n), tuple.Text(counted)}})
		}
	}
	for _, name := range inRange(found.names, tuple.PrefixPart(named(t.below))) {
		prefix, ok := t.prefix(name)
		if !ok {
			continue
		}
		if prefix != last {
			end()
			last, n = prefix, 0
		}
		n++
	}
	end()
	return rows, nil
}

// prefix returns the part of a name up to the next colon.
func (t *prefixTable) prefix(name string) (string, bool) {
	at := strings.IndexByte(name[len(t.below):], ':')
	return name[:len(t.below)+at+1], at >= 0
}

func (t *prefixTable) get(ctx context.Context, _ client.Cmdable, keys []tuple.Tuple, _ int) ([]*driver.Row, error) {
	groups, err := t.groups(ctx, false)
	if err != nil {
		return nil, err
	}
	rows := make([]*driver.Row, len(keys))
	for i, key := range keys {
		from, to := ends(tuple.Prefix(key), len(groups), func(i int) tuple.Tuple { return groups[i].Key })
		if from < to {
			rows[i] = &groups[from]
		}
	}
	return rows, nil
}

func (t *prefixTable) scan(ctx context.Context, q driver.Query) (page driver.Page, err error) {
	groups, err := t.groups(ctx, begins(q, 1))
	if err != nil {
		return page, err
	}
	from, to := ends(q.Range, len(groups), func(i int) tuple.Tuple { return groups[i].Key })
	for ; from < to; page.More = from < to {
		if len(page.Rows) == q.Limit {
			return page, nil
		}
		row := groups[from]
		if from++; q.Reverse {
			from, to = from-1, to-1
			row = groups[to]
		}
		if q.KeysOnly {
			row.Values = nil
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

func (t *prefixTable) count(ctx context.Context, r tuple.Range) (int64, error) {
	groups, err := t.groups(ctx, false)
	from, to := ends(r, len(groups), func(i int) tuple.Tuple { return groups[i].Key })
	return int64(to - from), err
}

func (t *prefixTable) nth(ctx context.Context, n int64) (tuple.Tuple, error) {
	groups, err := t.groups(ctx, false)
	if err != nil || n >= int64(len(groups)) {
		return nil, err
	}
	return groups[n].Key, nil
}

// write implements [rawTable]. The table cannot be written.
func (t *prefixTable) write(context.Context, client.Pipeliner, []*edit) {}
