package redis

import (
	"context"
	"slices"
	"strings"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Keys is the name of the table of all keys.
const Keys = "keys"

// contentsPrefix begins the name of the table of what is in a key.
const contentsPrefix = Keys + "/"

// isRaw reports whether a name is that of a table of what the server itself
// keeps, and not of one of rowan's own.
func isRaw(table string) bool {
	return table == Keys || strings.HasPrefix(table, contentsPrefix) ||
		table == Prefixes || strings.HasPrefix(table, prefixesBelow)
}

// rawTable is a table of what the server itself keeps.
type rawTable interface {
	schema() *driver.Schema
	// get returns rows, nil for each that does not exist. If most is positive,
	// longer values are cut.
	get(ctx context.Context, c client.Cmdable, keys []tuple.Tuple, most int) ([]*driver.Row, error)
	scan(ctx context.Context, q driver.Query) (driver.Page, error)
	count(ctx context.Context, r tuple.Range) (int64, error)
	// nth returns the key that n rows sort before, or nil.
	nth(ctx context.Context, n int64) (tuple.Tuple, error)
	// holder returns the server's key that a row is part of.
	holder(key tuple.Tuple) string
	// write queues the commands for all that became of the table's rows. What
	// it is given has been checked.
	write(ctx context.Context, p client.Pipeliner, edits []*edit)
}

// edit is what becomes of a row: nil before it was made, or after it has gone.
type edit struct {
	before, after *driver.Row
	// made tells that the row is a new one, also if there was one before.
	made bool
	// origin is the row of another key that has got this one, as it was before.
	origin *driver.Row
}

// checker is implemented by a rawTable that has rules of its own.
type checker interface {
	// check reports what stands against a row's becoming another.
	check(e *edit) error
}

// generator is implemented by a rawTable that makes keys.
type generator interface {
	// generate returns the key of a new row, after those that were made since
	// the table was opened.
	generate(ctx context.Context, c client.Cmdable, made int) (tuple.Tuple, error)
}

// volatile is implemented by a rawTable of which some columns change by
// themselves.
type volatile interface {
	// steady returns base with what does not count taken from the row as it is.
	steady(base []tuple.Value, current *driver.Row) []tuple.Value
}

// raw returns the table of a name.
func (db *DB) raw(ctx context.Context, c client.Cmdable, name string) (rawTable, error) {
	switch {
	case name == Keys:
		return &keysTable{db: db}, nil
	case name == Prefixes:
		return &prefixTable{db: db, name: name}, nil
	case strings.HasPrefix(name, prefixesBelow):
		return &prefixTable{db: db, name: name, below: name[len(prefixesBelow):]}, nil
	}
	key := strings.TrimPrefix(name, contentsPrefix)
	kind, err := c.Type(ctx, key).Result()
	if err != nil {
		return nil, err
	}
	in := contents{db: db, name: name, key: key}
	switch kind {
	case "hash":
		return &hashTable{in}, nil
	case "set":
		return &setTable{in}, nil
	case "zset":
		return &zsetTable{in}, nil
	case "list":
		return &listTable{in}, nil
	case "stream":
		return &streamTable{in}, nil
	case "none":
		return nil, noTable(name)
	}
	return nil, driver.Errorf(driver.Unsupported, "the key %s is a %s, which has no rows", tuple.Text(key), kind).
		WithHint("see its row in the table %s", Keys)
}

// contents is what the tables of what is in a key have in common.
type contents struct {
	db   *DB
	name string
	key  string
}

func (c *contents) holder(tuple.Tuple) string { return c.key }

// shape returns the schema of a table of contents.
func (c *contents) shape(key []driver.Column, columns ...driver.Column) *driver.Schema {
	return &driver.Schema{Name: c.name, Kind: driver.Table, Key: key, Columns: columns}
}

func column(name string, kind tuple.Kind) driver.Column {
	return driver.Column{Name: name, Type: kind.String(), Kind: kind}
}

func tableNames(tables []driver.TableInfo) []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.Name
	}
	return names
}

func sortTables(tables []driver.TableInfo) []driver.TableInfo {
	slices.SortFunc(tables, func(a, b driver.TableInfo) int { return strings.Compare(a.Name, b.Name) })
	return tables
}

// Links implements [driver.Linker]: a key leads to what is in it, a prefix to
// the keys that begin with it, and to the longer prefixes.
func (db *DB) Links(_ context.Context, s *driver.Schema, r *driver.Row) ([]driver.Link, error) {
	if s.Name == Prefixes || strings.HasPrefix(s.Name, prefixesBelow) {
		return prefixLinks(r), nil
	}
	if s.Name != Keys || len(r.Values) <= keyType {
		return nil, nil
	}
	switch r.Values[keyType].AsText() {
	case "hash", "set", "zset", "list", "stream":
		return []driver.Link{{
			Name: "contents", Column: driver.AnyColumn, Table: contentsPrefix + r.Key[0].AsText(),
		}}, nil
	}
	return nil, nil
}

// apply makes changes in one transaction.
func (db *Writable) apply(ctx context.Context, c *commitment, changes []driver.Change) (driver.Applied, error) {
	tx := db.server.begin(ctx, c)
	done, err := db.applyIn(ctx, tx, changes)
	if err != nil || len(done.Conflicts) > 0 {
		_ = tx.Rollback() // the cause is what matters
		return done, err
	}
	if err := tx.Commit(); err != nil {
		return driver.Applied{}, err
	}
	for i := range changes {
		if isRaw(changes[i].Table) {
			db.names.forget()
			break
		}
	}
	return done, nil
}

// applyIn makes the changes of tables of rowan's own, and then the others: they
// have no row in common.
func (db *Writable) applyIn(ctx context.Context, tx *writeTx, changes []driver.Change) (driver.Applied, error) {
	var own, raw []driver.Change
	var ownAt, rawAt []int
	for i, c := range changes {
		if isRaw(c.Table) {
			raw, rawAt = append(raw, c), append(rawAt, i)
		} else {
			own, ownAt = append(own, c), append(ownAt, i)
		}
	}
	done := driver.Applied{Keys: make([]tuple.Tuple, len(changes))}
	ownDone, err := kvrows.Apply(ctx, tx, own)
	if err != nil {
		return driver.Applied{}, err
	}
	add(&done, ownDone, ownAt)
	rawDone, err := db.applyRaw(ctx, tx, raw)
	if err != nil {
		return driver.Applied{}, err
	}
	add(&done, rawDone, rawAt)
	if len(done.Conflicts) > 0 {
		done.Keys = nil
	}
	return done, nil
}

// add adds what came of some of the changes, which are at the places at.
func add(done *driver.Applied, part driver.Applied, at []int) {
	for _, c := range part.Conflicts {
		done.Conflicts = append(done.Conflicts, driver.Conflict{Change: at[c.Change], Current: c.Current})
	}
	for i, key := range part.Keys {
		done.Keys[at[i]] = key
	}
}
