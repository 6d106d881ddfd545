package grid

import (
	"context"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// awkward is a table of what is hard to show.
var awkward = &store.Schema{
	Name: "awk\x1bward", Kind: driver.Table,
	Key: []store.Column{{Name: "id", Type: "integer", Kind: tuple.KindInt}},
	Columns: []store.Column{
		{Name: "text", Type: "text", Kind: tuple.KindText, Nullable: true},
		{Name: "bin", Type: "blob", Kind: tuple.KindBytes, Nullable: true},
		{Name: "doc", Type: "json", Kind: tuple.KindJSON, Nullable: true},
		{Name: "ok", Type: "bool", Kind: tuple.KindBool, Nullable: true},
	},
}

func newAwkward(t testing.TB) *mem.DB {
	t.Helper()
	texts := []tuple.Value{
		tuple.Null, tuple.Text(""), tuple.Text("NULL"), tuple.Text("\x1b[31mred\x1b[0m"),
		tuple.Text("日本語の長い文章がここにあります、もっともっと長い"), tuple.Text("e\u0301 combining"),
		tuple.Text("\u202egnp.exe"), tuple.Text("bad \xff\xfe bytes"), tuple.Text("👨‍👩‍👧 family"),
		tuple.Text("tab\tand\r\nbreak"), tuple.Text(strings.Repeat("long ", 250_000)), tuple.Text("\x00nul"),
		tuple.Text("नमस्ते"), tuple.Text("zero\u200bwidth"),
	}
	db := newTable(t, awkward)
	w := writer(t, db)
	for i, text := range texts {
		set := []store.Assignment{{Column: 0, Value: text}, {Column: 1, Value: tuple.BytesOf(strings.Repeat("\x00\xab", i*300))}}
		if i%2 == 0 {
			set = append(set, store.Assignment{Column: 2, Value: tuple.JSON(`{"a": [1, null]}`)}, store.Assignment{Column: 3, Value: tuple.Bool(i%4 == 0)})
		}
		apply(t, w, store.Change{Op: store.Insert, Table: awkward.Name, Key: tuple.Of(tuple.Int(int64(i))), Set: set})
	}
	return db
}

func newTable(t testing.TB, s *store.Schema) *mem.DB {
	t.Helper()
	db := mem.New()
	if err := db.CreateTable(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	return db
}

func writer(t testing.TB, db driver.DB) *store.Writer {
	t.Helper()
	w, err := store.New(db).Writer()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// apply writes changes as somebody else would.
func apply(t testing.TB, w *store.Writer, changes ...store.Change) {
	t.Helper()
	done, err := w.Apply(context.Background(), changes)
	if err != nil || len(done.Conflicts) > 0 {
		t.Fatalf("apply: %v, conflicts %v", err, done.Conflicts)
	}
}
