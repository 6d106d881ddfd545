package driver

import (
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestCells(t *testing.T) {
	s := &Schema{Key: []Column{{Name: "a"}, {Name: "b"}}, Columns: []Column{{Name: "c"}}}
	whole := &Row{Key: tuple.Of(tuple.Int(1), tuple.Int(2)), Values: []tuple.Value{tuple.Int(3)}}
	for i, name := range []string{"a", "b", "c"} {
		if got := s.ColumnAt(i).Name; got != name {
			t.Errorf("column %d is %s, want %s", i, got, name)
		}
		if got := s.ValueAt(whole, i); got != tuple.Int(int64(i+1)) {
			t.Errorf("value %d is %v", i, got)
		}
		if got := s.ValueAt(&Row{}, i); !got.IsNull() {
			t.Errorf("value %d of a row that has none is %v", i, got)
		}
	}
	if s.Width() != 3 {
		t.Errorf("the width is %d", s.Width())
	}
}
