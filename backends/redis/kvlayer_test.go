package redis

import (
	"fmt"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func TestTablesOfKvlayer(t *testing.T) {
	c := connection(t, "7")
	rdb := plain(t, c)
	const id = "0123456789abcdef0123456789abcdef"
	w := &world{T: t, ctx: t.Context(), rdb: rdb}
	w.do("hset", "app_ns", "t1", id, "other", "not an ID")
	w.do("hset", id, "", "", "a", "1", "b", "2")
	w.do("zadd", id+"k", 0, "a", 0, "b")

	c.URL.RawQuery = "kvlayer=app_ns"
	w.db = mustOpen(t, c).(*Writable)
	const name = "kvlayer/app_ns/t1"
	tables, err := w.db.Tables(w.ctx)
	if err != nil || fmt.Sprint(tableNames(tables)) != "[keys "+name+" prefixes]" {
		t.Errorf("tables: %v, %v", tables, err)
	}
	w.want("rows", w.keysOf(name), "(x'61') (x'62')")
	key := tuple.Of(tuple.BytesOf("c\x00"))
	w.apply(change(driver.Put, name, key, driver.Assignment{Value: tuple.BytesOf("3")}), change(driver.Delete, name, tuple.Of(tuple.BytesOf("a"))))
	w.want("as kvlayer reads it", words(w.do("hget", id, "c\x00"), w.do("zrange", id+"k", 0, -1), w.do("hlen", id)), "3 [b c\x00] 3")
	if err := w.db.DropTable(w.ctx, name); driver.KindOf(err) != driver.Unsupported {
		t.Errorf("drop: %v", err)
	}
	if _, err := w.db.Describe(w.ctx, "kvlayer/app_ns/other"); driver.KindOf(err) != driver.NoTable {
		t.Errorf("describe what is no table: %v", err)
	}
}
