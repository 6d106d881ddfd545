package store

import (
	"errors"
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestTooManyRowsAreNotSorted(t *testing.T) {
	row := &Row{Key: tuple.Of(tuple.Int(1)), Values: []tuple.Value{tuple.Text("a")}}
	table := &Table{schema: &Schema{Name: "t"}}
	for name, b := range map[string]*indexBuilder{
		"rows":  {table: table, column: 1, keys: keyList{ends: make([]uint64, maxIndexRows)}},
		"bytes": {table: table, column: 1, values: keyList{data: make([]byte, maxIndexBytes)}},
	} {
		err := b.add(row)
		if !errors.Is(err, TooLarge) || HintOf(err) != "narrow the range or filter" {
			t.Errorf("too many %s: %v", name, err)
		}
	}
}
