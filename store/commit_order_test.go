package store

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

// TestCommitOrderKeepsForeignKeys: a database checks foreign keys after each
// change, and some remove what refers to a row together with it.
func TestCommitOrderKeepsForeignKeys(t *testing.T) {
	author := &Schema{Name: "author", Key: []Column{{Name: "id"}}, Columns: []Column{{Name: "boss", Nullable: true}, {Name: "code"}},
		References: []Reference{{Columns: []string{"boss"}, Table: "Author", To: []string{"id"}}}}
	book := &Schema{Name: "book", Key: []Column{{Name: "id"}}, Columns: []Column{{Name: "author_code", Nullable: true}},
		References: []Reference{{Columns: []string{"author_code"}, Table: "author", To: []string{"CODE"}}}}
	id := func(n int64) tuple.Tuple { return tuple.Of(tuple.Int(n)) }
	row := func(n int64, values ...tuple.Value) Row { return Row{Key: id(n), Values: values} }
	set := func(values ...tuple.Value) (as []Assignment) {
		for i, v := range values {
			as = append(as, Assignment{Column: i, Value: v})
		}
		return as
	}
	a, b := tuple.Text("a"), tuple.Text("b")
	for _, c := range []struct {
		name  string
		stage func(cs *ChangeSet) []error
		want  string
	}{
		{"a row is removed before what it refers to", func(cs *ChangeSet) []error {
			return []error{cs.Delete(author, row(1, tuple.Null, a)), cs.Delete(book, row(1, a))}
		}, "[delete book 1 delete author 1]"},
		{"a row is added after what it refers to", func(cs *ChangeSet) []error {
			_, e1 := cs.Insert(book, id(1), set(a))
			_, e2 := cs.Insert(author, id(1), set(tuple.Null, a))
			return []error{e1, e2}
		}, "[insert author 1 insert book 1]"},
		{"a reference moves from a row that goes to one that comes", func(cs *ChangeSet) []error {
			e1 := cs.Delete(author, row(1, tuple.Null, a))
			e2 := cs.Edit(book, row(1, a), 1, b)
			_, e3 := cs.Insert(author, id(2), set(tuple.Null, b))
			return []error{e1, e2, e3}
		}, "[insert author 2 update book 1 delete author 1]"},
		{"a tree in its own table", func(cs *ChangeSet) []error {
			return []error{cs.Delete(author, row(1, tuple.Null, a)), cs.Delete(author, row(2, tuple.Int(1), a)), cs.Delete(author, row(3, tuple.Int(2), a))}
		}, "[delete author 3 delete author 2 delete author 1]"},
		{"a circle", func(cs *ChangeSet) []error {
			return []error{cs.Delete(author, row(1, tuple.Int(2), a)), cs.Delete(author, row(2, tuple.Int(1), a))}
		}, "[delete author 2 delete author 1]"},
		{"what does not concern others stays in order", func(cs *ChangeSet) []error {
			return []error{cs.Edit(author, row(1, tuple.Null, a), 1, tuple.Int(5)), cs.Delete(book, row(9, tuple.Null)), cs.Delete(book, row(8, b))}
		}, "[update author 1 delete book 9 delete book 8]"},
	} {
		cs := NewChangeSet()
		for _, err := range c.stage(cs) {
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		var got []string
		for _, change := range cs.Changes() {
			got = append(got, fmt.Sprintf("%s %s %d", change.Op, change.Table, change.Key[0].AsInt()))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

// TestCommitOrderHasEveryChangeOnce, whatever refers to what.
func TestCommitOrderHasEveryChangeOnce(t *testing.T) {
	node := &Schema{Name: "node", Key: []Column{{Name: "id"}}, Columns: []Column{{Name: "next", Nullable: true}},
		References: []Reference{{Columns: []string{"next"}, Table: "node", To: []string{"id"}}}}
	cs := NewChangeSet()
	const n = 500
	for i := range int64(n) {
		if err := cs.Delete(node, Row{Key: tuple.Of(tuple.Int(i)), Values: []tuple.Value{tuple.Int((i + 7) % n)}}); err != nil {
			t.Fatal(err)
		}
	}
	order := cs.commitOrder()
	slices.Sort(order)
	if !slices.Equal(order, cs.order) {
		t.Errorf("the order has %d changes of %d", len(slices.Compact(order)), n)
	}
}
