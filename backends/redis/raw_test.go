package redis

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func TestKeysOfEveryType(t *testing.T) {
	w := newWorld(t)
	if tables, err := w.db.Tables(w.ctx); err != nil || len(tables) != 0 {
		t.Errorf("tables of an empty database: %v, %v", tables, err)
	}
	w.do("set", "s", "text \xff\x00")
	w.do("hset", "h", "f", "1")
	w.do("rpush", "l", "a", "b")
	w.do("sadd", "set", "m")
	w.do("zadd", "z", "1.5", "m")
	w.do("xadd", "x", "5-1", "name", "ann")
	w.do("pexpireat", "s", "4102444800000")
	tables, err := w.db.Tables(w.ctx)
	if err != nil || fmt.Sprint(tableNames(tables)) != "[keys prefixes]" {
		t.Errorf("tables: %v, %v", tables, err)
	}
	want := map[string]string{
		"h": `hash "f" "1" 1`, "l": `list "a" "b" 2`, "s": "string text \xff\x00 7", "set": `set "m" 1`,
		"x": `stream "name" "ann" 1`, "z": `zset "1.5" "m" 1`,
	}
	rows := w.rows(Keys)
	for _, r := range rows {
		v := r.Values
		got := fmt.Sprintf("%s %s %d", v[keyType].AsText(), v[keyValue].AsText(), v[keyLength].AsInt())
		w.want(r.Key.String(), got, want[r.Key[0].AsText()])
		if v[keyMemory].AsInt() <= 0 {
			t.Errorf("%s takes %v bytes", r.Key, v[keyMemory])
		}
		if expires := r.Key[0] == tuple.Text("s"); expires == v[keyExpires].IsNull() || expires == v[keyTTL].IsNull() {
			t.Errorf("%s expires %v, in %v", r.Key, v[keyExpires], v[keyTTL])
		}
	}
	if len(rows) != len(want) {
		t.Errorf("%d keys", len(rows))
	}
	if at := rows[2].Values[keyExpires].AsTime(); !at.Equal(time.UnixMilli(4102444800000)) {
		t.Errorf("s expires at %v", at)
	}
}

func TestKeysAreSortedAndSearchedByPrefix(t *testing.T) {
	w := newWorld(t)
	for i := range 3000 {
		w.rdb.Set(w.ctx, fmt.Sprintf("user:%04d", i), i, 0)
	}
	for _, odd := range []string{"user*:1", "user?", "user[a]", `us\er`, "user:\xff", "v", ""} {
		w.do("set", odd, "odd")
	}
	s := w.describe(Keys)
	for prefix, want := range map[string]int64{"user:": 3001, "user:00": 100, "user*": 1, "user?": 1, "user[": 1, `us\`: 1, "nobody": 0, "": 3007} {
		n, err := w.db.Count(w.ctx, s, tuple.PrefixPart(tuple.Of(tuple.Text(prefix))))
		if err != nil || n != want {
			t.Errorf("keys that begin with %q: %d, %v, want %d", prefix, n, err, want)
		}
	}
	page, err := w.db.Scan(w.ctx, s, driver.Query{Range: tuple.PrefixPart(tuple.Of(tuple.Text("user:2"))), Limit: 2, Reverse: true, KeysOnly: true})
	if err != nil || shown(page.Rows) != "(\"user:2999\") []\n(\"user:2998\") []\n" || !page.More {
		t.Errorf("the last two: %s, %v", shown(page.Rows), err)
	}
}

func TestLongStringsAreCutByTheServer(t *testing.T) {
	w := newWorld(t)
	w.do("set", "long", strings.Repeat("é", 5000))
	page, err := w.db.Scan(w.ctx, w.describe(Keys), driver.Query{Limit: 9, MaxValue: 101})
	if err != nil {
		t.Fatal(err)
	}
	row := page.Rows[0]
	if got := row.Values[keyValue].AsText(); got != strings.Repeat("é", 50) {
		t.Errorf("cut to %q", got)
	}
	if len(row.Cut) != 1 || row.Cut[0] != (driver.Cut{Column: keyValue, Size: 10000}) {
		t.Errorf("cut %v", row.Cut)
	}
}

func TestKeysAreMadeChangedRenamedAndDeleted(t *testing.T) {
	w := newWorld(t)
	kind := func(k string) driver.Assignment { return driver.Assignment{Column: keyType, Value: tuple.Text(k)} }
	value := func(v string) driver.Assignment { return driver.Assignment{Column: keyValue, Value: tuple.Text(v)} }
	when := time.UnixMilli(4102444800123)
	w.apply(
		change(driver.Insert, Keys, named("s"), value("one"), driver.Assignment{Column: keyExpires, Value: tuple.Instant(when)}),
		change(driver.Insert, Keys, named("h"), kind("hash"), value(`"a b" 1 c ""`)),
		change(driver.Insert, Keys, named("l"), kind("list"), value("x y x")),
		change(driver.Put, Keys, named("set"), kind("set"), value("m")),
		change(driver.Insert, Keys, named("z"), kind("zset"), value(`2 b 1 a`)),
		change(driver.Insert, Keys, named("x"), kind("stream"), value(`f v`)),
	)
	w.want("hash", words(w.do("hget", "h", "a b"), w.do("hget", "h", "c")), "1 ")
	w.want("list", words(w.do("lrange", "l", 0, -1)), "[x y x]")
	w.want("zset", words(w.do("zrange", "z", 0, -1)), "[a b]")
	w.want("stream", words(w.do("xlen", "x")), "1")
	w.want("expiry", words(w.do("pexpiretime", "s")), words(when.UnixMilli()))

	row := w.get(Keys, named("s"))
	w.apply(driver.Change{Op: driver.Update, Table: Keys, Key: named("s"), Base: row.Values, Set: set(keyValue, tuple.Text("two"))})
	w.want("a new value keeps the expiry", words(w.do("get", "s"), w.do("pexpiretime", "s")), words("two", when.UnixMilli()))
	w.apply(change(driver.Update, Keys, named("s"), driver.Assignment{Column: keyExpires}))
	w.want("no expiry", words(w.do("pexpiretime", "s")), "-1")

	w.apply( // exchanges two names, by way of a third
		driver.Change{Op: driver.Update, Table: Keys, Key: named("l"), NewKey: named("tmp")},
		driver.Change{Op: driver.Update, Table: Keys, Key: named("s"), NewKey: named("l")},
		driver.Change{Op: driver.Update, Table: Keys, Key: named("tmp"), NewKey: named("s")},
	)
	w.want("exchanged", words(w.do("get", "l"), w.do("lrange", "s", 0, -1)), "two [x y x]")
	w.apply(change(driver.Delete, Keys, named("s")), change(driver.Insert, Keys, named("s"), value("new")), change(driver.Remove, Keys, named("h")))
	w.want("made anew", words(w.do("get", "s"), w.do("exists", "h")), "new 0")
	w.want("the keys", w.keysOf(Keys), `("l") ("s") ("set") ("x") ("z")`)
}

func TestWhatKeysCannotBe(t *testing.T) {
	w := newWorld(t)
	w.do("rpush", "l", "a")
	w.do("set", "s", "v")
	value := func(kind, v string) []driver.Assignment {
		return []driver.Assignment{{Column: keyType, Value: tuple.Text(kind)}, {Column: keyValue, Value: tuple.Text(v)}}
	}
	insert := func(kind, v string) driver.Change {
		return change(driver.Insert, Keys, named("new"), value(kind, v)...)
	}
	for what, c := range map[string]driver.Change{
		"a hash of an odd number of words":  insert("hash", "a b c"),
		"an empty set":                      insert("set", ""),
		"a score that is none":              insert("zset", "high a"),
		"a score that is NaN":               insert("zset", "nan a"),
		"a quote that is not closed":        insert("list", `"a`),
		"words without a space between":     insert("list", `"a""b"`),
		"a type that cannot be made":        insert("module", "a"),
		"a string without a value":          change(driver.Insert, Keys, named("new")),
		"another type":                      change(driver.Update, Keys, named("s"), value("list", "v")...),
		"what is in a list":                 change(driver.Update, Keys, named("l"), set(keyValue, tuple.Text("b"))...),
		"a number as the value of a string": change(driver.Update, Keys, named("s"), set(keyValue, tuple.Int(1))...),
		"an expiry that is no time":         change(driver.Update, Keys, named("s"), set(keyExpires, tuple.Int(1))...),
	} {
		w.refused(what, driver.BadValue, c)
	}
	w.refused("a column that the server computes", driver.ReadOnly, change(driver.Update, Keys, named("s"), set(keyMemory, tuple.Int(1))...))
	w.refused("a number as a key", driver.BadKey, change(driver.Insert, Keys, tuple.Of(tuple.Int(1)), value("string", "v")...))
	w.want("the keys", w.keysOf(Keys), `("l") ("s")`)
}

func TestKeysOthersChangedAreConflicts(t *testing.T) {
	w := newWorld(t)
	w.do("set", "s", "v", "ex", 1000)
	w.do("rpush", "l", "a")
	s, l := w.get(Keys, named("s")), w.get(Keys, named("l"))
	w.do("rpush", "l", "b")
	conflicts := func(c driver.Change) int {
		t.Helper()
		done, err := w.db.Apply(w.ctx, []driver.Change{c})
		if err != nil {
			t.Fatal(err)
		}
		return len(done.Conflicts)
	}
	if conflicts(driver.Change{Op: driver.Delete, Table: Keys, Key: named("l"), Base: l.Values}) != 1 {
		t.Error("a list that has grown is deleted")
	}
	w.do("append", "s", "!")
	if conflicts(driver.Change{Op: driver.Update, Table: Keys, Key: named("s"), Base: s.Values, Set: set(keyValue, tuple.Text("x"))}) != 1 {
		t.Error("a string that has another value is overwritten")
	}
	s = w.get(Keys, named("s"))
	s.Values[keyTTL], s.Values[keyMemory] = tuple.Int(1), tuple.Int(1)
	if conflicts(driver.Change{Op: driver.Update, Table: Keys, Key: named("s"), Base: s.Values, Set: set(keyValue, tuple.Text("x"))}) != 0 {
		t.Error("that time has passed is taken for a change")
	}
}

func TestHash(t *testing.T) {
	w := newWorld(t)
	const name = contentsPrefix + "h"
	for i := range 1500 {
		w.rdb.HSet(w.ctx, "h", fmt.Sprintf("f%04d", i), i)
	}
	w.do("pexpireat", "h", "4102444800000")
	if rows := w.rows(name); len(rows) != 1500 || rows[7].Values[0] != tuple.Text("7") {
		t.Errorf("%d fields", len(rows))
	}
	var all []driver.Change
	for i := range 1500 {
		all = append(all, change(driver.Delete, name, named(fmt.Sprintf("f%04d", i))))
	}
	all = append(all, change(driver.Insert, name, named("new"), set(0, tuple.Text("v"))...))
	w.apply(all...)
	w.want("the hash", words(w.do("hgetall", "h"), w.do("pexpiretime", "h")), "[new v] 4102444800000")
	w.apply(driver.Change{Op: driver.Update, Table: name, Key: named("new"), NewKey: named("other"), Base: []tuple.Value{tuple.Text("v")}})
	w.want("renamed", words(w.do("hgetall", "h")), "[other v]")
	w.refused("a number", driver.BadValue, change(driver.Update, name, named("other"), set(0, tuple.Int(1))...))
	w.refused("NULL", driver.Constraint, change(driver.Update, name, named("other"), set(0, tuple.Null)...))
	w.apply(change(driver.Delete, name, named("other")))
	if _, err := w.db.Describe(w.ctx, name); driver.KindOf(err) != driver.NoTable {
		t.Errorf("describe what is empty now: %v", err)
	}
}

func TestSet(t *testing.T) {
	w := newWorld(t)
	const name = contentsPrefix + "s"
	w.do("sadd", "s", "b", "a", "\x00", "c*")
	w.want("members", w.keysOf(name), `("\u0000") ("a") ("b") ("c*")`)
	w.apply(change(driver.Insert, name, named("d")), change(driver.Delete, name, named("a")),
		driver.Change{Op: driver.Update, Table: name, Key: named("b"), NewKey: named("bb")})
	w.want("members", w.keysOf(name), `("\u0000") ("bb") ("c*") ("d")`)
	done, err := w.db.Apply(w.ctx, []driver.Change{change(driver.Insert, name, named("d"))})
	if err != nil || len(done.Conflicts) != 1 {
		t.Errorf("a member twice: %+v, %v", done, err)
	}
}

func TestList(t *testing.T) {
	w := newWorld(t)
	const name = contentsPrefix + "l"
	w.do("rpush", "l", "a", "b", "c", "d", "e")
	if rows := w.rows(name); len(rows) != 5 {
		t.Errorf("%d elements", len(rows))
	}
	base := []tuple.Value{tuple.Text("b")}
	done := w.apply(
		driver.Change{Op: driver.Delete, Table: name, Key: place64(1), Base: base},
		change(driver.Delete, name, place64(3)),
		change(driver.Update, name, place64(4), set(0, tuple.Text("E"))...),
		change(driver.Insert, name, nil, set(0, tuple.Text("f"))...),
		change(driver.Insert, name, nil, set(0, tuple.Text("g"))...),
	)
	w.want("places", done.Keys[4].String(), "(6)")
	w.want("the list", words(w.do("lrange", "l", 0, -1)), "[a c E f g]")
	w.do("lpush", "l", "first")
	applied, err := w.db.Apply(w.ctx, []driver.Change{{Op: driver.Delete, Table: name, Key: place64(0), Base: []tuple.Value{tuple.Text("a")}}})
	if err != nil || len(applied.Conflicts) != 1 {
		t.Errorf("an element that has moved is deleted: %+v, %v", applied, err)
	}
	w.refused("another place", driver.Unsupported, driver.Change{Op: driver.Update, Table: name, Key: place64(0), NewKey: place64(9)})
}

func TestSortedSet(t *testing.T) {
	w := newWorld(t)
	const name = contentsPrefix + "z"
	for i := range 40 {
		w.do("zadd", "z", i/10, fmt.Sprintf("m%02d", i))
	}
	w.do("zadd", "z", "-inf", "least")
	w.do("zadd", "z", "+inf", "most")
	w.do("zadd", "z", "-0", "zero")
	if rows := w.rows(name); len(rows) != 43 || rows[11].Key.String() != `(0,"zero")` && rows[11].Key[1] != tuple.Text("zero") {
		t.Errorf("%s", shown(rows))
	}
	s := w.describe(name)
	score := func(f float64, member ...string) tuple.Tuple {
		key := tuple.Of(tuple.Float(f))
		for _, m := range member {
			key = append(key, tuple.Text(m))
		}
		return key
	}
	for want, r := range map[int64]tuple.Range{
		10: tuple.Prefix(score(1)),
		21: {Lower: tuple.Bound{Key: score(1), Exclusive: true}},
		13: {Upper: tuple.Bound{Key: score(1, "m10")}},
		12: {Upper: tuple.Bound{Key: score(1, "m10"), Exclusive: true}},
		2:  {Lower: tuple.Bound{Key: score(1, "m17x")}, Upper: tuple.Bound{Key: score(1)}},
		0:  {Lower: tuple.Bound{Key: score(math.NaN())}},
		43: {Lower: tuple.Bound{Key: tuple.Of(tuple.Null)}, Upper: tuple.Bound{Key: tuple.Of(tuple.Text("x"))}},
	} {
		if n, err := w.db.Count(w.ctx, s, r); err != nil || n != want {
			t.Errorf("count of %+v: %d, %v, want %d", r, n, err, want)
		}
	}
	w.apply(
		change(driver.Insert, name, score(1.5, "new")),
		driver.Change{Op: driver.Update, Table: name, Key: score(0, "m00"), NewKey: score(9, "m00")},
		driver.Change{Op: driver.Update, Table: name, Key: score(0, "m01"), NewKey: score(0, "renamed")},
		change(driver.Delete, name, score(math.Inf(1), "most")),
	)
	w.want("scores", words(w.do("zscore", "z", "m00"), w.do("zscore", "z", "m01"), w.do("zscore", "z", "renamed"), w.do("zscore", "z", "most")), "9 <nil> 0 <nil>")
	w.refused("NaN", driver.BadKey, change(driver.Insert, name, score(math.NaN(), "x")))
}

func TestStream(t *testing.T) {
	w := newWorld(t)
	const name = contentsPrefix + "x"
	for i := range 30 {
		w.do("xadd", "x", fmt.Sprintf("%d-%d", 1+i/10, i%10), "n", i, "n", "twice")
	}
	rows := w.rows(name)
	if len(rows) != 30 || rows[12].Values[0] != tuple.Other(fieldsType, `"n" "12" "n" "twice"`) {
		t.Errorf("%s", shown(rows))
	}
	s := w.describe(name)
	id := func(n ...uint64) tuple.Tuple {
		var key tuple.Tuple
		for _, n := range n {
			key = append(key, tuple.Uint(n))
		}
		return key
	}
	for want, r := range map[int64]tuple.Range{
		10: tuple.Prefix(id(2)),
		20: {Upper: tuple.Bound{Key: id(3), Exclusive: true}},
		7:  {Lower: tuple.Bound{Key: id(3, 2), Exclusive: true}},
		8:  {Lower: tuple.Bound{Key: id(3, 2)}},
		0:  {Upper: tuple.Bound{Key: id(0, 0), Exclusive: true}},
		30: {Upper: tuple.Bound{Key: id(math.MaxUint64, math.MaxUint64)}, Lower: tuple.Bound{Key: tuple.Of(tuple.Int(-1))}},
	} {
		if n, err := w.db.Count(w.ctx, s, r); err != nil || n != want {
			t.Errorf("count of %+v: %d, %v, want %d", r, n, err, want)
		}
	}
	fields := func(text string) []driver.Assignment { return set(0, tuple.Other(fieldsType, text)) }
	done := w.apply(change(driver.Insert, name, nil, fields(`"a b" "\x00"`)...), change(driver.Insert, name, nil, fields(`c d`)...),
		change(driver.Delete, name, id(1, 0)))
	if got := w.get(name, done.Keys[0]); got.Values[0].AsText() != `"a b" "\x00"` || got.Values[1].IsNull() {
		t.Errorf("the new entry: %v", got)
	}
	w.want("entries", words(w.do("xlen", "x")), "31")
	w.refused("other fields", driver.ReadOnly, change(driver.Update, name, id(1, 1), fields(`c d`)...))
	w.refused("a name without a value", driver.BadValue, change(driver.Insert, name, nil, fields(`c`)...))
}

func TestKeysLeadToTheirContents(t *testing.T) {
	w := newWorld(t)
	w.do("hset", "h", "f", "1")
	w.do("set", "s", "v")
	keys := w.describe(Keys)
	for key, want := range map[string]string{"h": contentsPrefix + "h", "s": ""} {
		links, err := w.db.Links(w.ctx, keys, w.get(Keys, named(key)))
		got := ""
		if len(links) > 0 {
			got = links[0].Table
			w.describe(got)
		}
		if err != nil || got != want {
			t.Errorf("%s leads to %q, %v", key, got, err)
		}
	}
}

func TestOneBatchOfEverything(t *testing.T) {
	w := newWorld(t)
	own := &driver.Schema{Name: "own", Kind: driver.Table, Key: []driver.Column{column("k", tuple.KindInt)}, Columns: []driver.Column{column("v", tuple.KindText)}}
	if err := w.db.CreateTable(w.ctx, own); err != nil {
		t.Fatal(err)
	}
	w.do("hset", "h", "f", "1")
	batch := []driver.Change{
		change(driver.Insert, contentsPrefix+"h", named("g"), set(0, tuple.Text("2"))...),
		change(driver.Insert, "own", tuple.Of(tuple.Int(1)), set(0, tuple.Text("one"))...),
		change(driver.Insert, Keys, named("s"), set(keyValue, tuple.Text("v"))...),
		change(driver.Delete, contentsPrefix+"h", named("nothing")),
	}
	done, err := w.db.Apply(w.ctx, batch)
	if err != nil || len(done.Conflicts) != 1 || done.Conflicts[0].Change != 3 {
		t.Errorf("%+v, %v", done, err)
	}
	w.want("nothing is written", words(w.do("hlen", "h"), w.do("exists", "s")), "1 0")
	w.apply(batch[:3]...)
	w.want("all is written", words(w.do("hlen", "h"), w.do("get", "s"), len(w.rows("own"))), "2 v 1")
}

func TestALiveTransactionSeesWhatItDid(t *testing.T) {
	w := newWorld(t)
	w.do("set", "s", "v")
	tx, err := w.db.Begin(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	s := w.describe(Keys)
	sp, err := tx.Savepoint(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	value := func() string {
		t.Helper()
		rows, err := tx.Get(w.ctx, s, []tuple.Tuple{named("s")})
		if err != nil || rows[0] == nil {
			t.Fatalf("%v, %v", rows, err)
		}
		return rows[0].Values[keyValue].AsText()
	}
	update := []driver.Change{change(driver.Update, Keys, named("s"), set(keyValue, tuple.Text("mine"))...)}
	if _, err := tx.Apply(w.ctx, update); err != nil || value() != "mine" {
		t.Errorf("%v, reads %q", err, value())
	}
	if err := tx.RollbackTo(w.ctx, sp); err != nil || value() != "v" {
		t.Errorf("%v, reads %q", err, value())
	}
	if _, err := tx.Apply(w.ctx, update); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Scan(w.ctx, s, driver.Query{Limit: 1}); driver.KindOf(err) != driver.Unsupported {
		t.Errorf("scan: %v", err)
	}
	w.do("set", "s", "theirs")
	if err := tx.Commit(w.ctx); w.db.Classify(err) != driver.TryAgain {
		t.Errorf("commit after somebody else wrote the same key: %v", err)
	}
	w.want("theirs stays", words(w.do("get", "s")), "theirs")
}

func TestPrefixesCountKeys(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		w.do("set", fmt.Sprintf("user:%d:name", i), i)
		w.do("set", fmt.Sprintf("user:%d:mail", i), i)
	}
	w.do("set", "session:1", "x")
	w.do("set", ":odd", "x")
	w.do("set", "alone", "x")
	count := func(table string) string {
		t.Helper()
		var all []string
		for _, r := range w.rows(table) {
			all = append(all, words(r.Key[0].AsText(), r.Values[0], r.Values[1].AsText()))
		}
		return strings.Join(all, ", ")
	}
	w.want("prefixes", count(Prefixes), ": 1 all, session: 1 all, user: 60 all")
	w.want("below one", count(prefixesBelow+"user:7:"), "")
	if rows := w.rows(prefixesBelow + "user:"); len(rows) != 30 || rows[0].Key.String() != `("user:0:")` {
		t.Errorf("below user: %s", shown(rows))
	}
	links, err := w.db.Links(w.ctx, w.describe(Prefixes), w.get(Prefixes, named("user:")))
	if err != nil || len(links) != 2 {
		t.Fatalf("%v, %v", links, err)
	}
	if n, err := w.db.Count(w.ctx, w.describe(links[0].Table), links[0].Range); err != nil || n != 60 {
		t.Errorf("the keys of user: %d, %v", n, err)
	}
	w.refused("a prefix", driver.ReadOnly, change(driver.Insert, Prefixes, named("x:")))
}

func TestNoMoreNamesAreSortedThanFit(t *testing.T) {
	l := listings{}
	endless := func(_ context.Context, at uint64, _ string) ([]string, uint64, error) {
		names := make([]string, 100_000)
		for i := range names {
			names[i] = fmt.Sprintf("user:%d:%d", at, i)
		}
		return names, at + 1, nil
	}
	if _, err := l.list(t.Context(), Keys, tuple.Range{}, true, endless); driver.KindOf(err) != driver.TooLarge {
		t.Errorf("%v", err)
	}
	found, err := l.collect(t.Context(), Keys, "", true, endless)
	if err != nil || found.whole || len(found.names) < mostNames {
		t.Errorf("%d names, whole %t, %v", len(found.names), found.whole, err)
	}
}
