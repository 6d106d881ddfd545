package driver

import (
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestConflictsWith(t *testing.T) {
	values := func(s string) []tuple.Value { return []tuple.Value{tuple.Text(s)} }
	same, other := &Row{Values: values("a")}, &Row{Values: values("b")}
	for _, c := range []struct {
		change                  Change
		missing, equal, differs bool
	}{
		{Change{Op: Insert}, false, true, true},
		{Change{Op: Update}, true, false, false},
		{Change{Op: Update, Base: values("a")}, true, false, true},
		{Change{Op: Delete}, true, false, false},
		{Change{Op: Delete, Base: values("a")}, true, false, true},
		{Change{Op: Put}, false, false, false},
		{Change{Op: Remove}, false, false, false},
	} {
		if got := c.change.ConflictsWith(nil); got != c.missing {
			t.Errorf("%+v and no row: %t", c.change, got)
		}
		if got := c.change.ConflictsWith(same); got != c.equal {
			t.Errorf("%+v and the row of its base: %t", c.change, got)
		}
		if got := c.change.ConflictsWith(other); got != c.differs {
			t.Errorf("%+v and another row: %t", c.change, got)
		}
	}
	empty := Change{Op: Update, Base: []tuple.Value{}}
	if empty.ConflictsWith(&Row{}) {
		t.Error("the base of a table without columns conflicts")
	}
}

func TestMoves(t *testing.T) {
	a, b := tuple.Of(tuple.Int(1)), tuple.Of(tuple.Int(2))
	for _, c := range []struct {
		change Change
		moves  bool
		final  tuple.Tuple
	}{
		{Change{Op: Update, Key: a}, false, a},
		{Change{Op: Update, Key: a, NewKey: a}, false, a},
		{Change{Op: Update, Key: a, NewKey: b}, true, b},
		{Change{Op: Put, Key: a, NewKey: b}, false, b},
	} {
		if c.change.Moves() != c.moves || !c.change.FinalKey().Equal(c.final) {
			t.Errorf("%+v: moves %t, to %v", c.change, c.change.Moves(), c.change.FinalKey())
		}
	}
}

func TestResultLeavesItsArgument(t *testing.T) {
	before := []tuple.Value{tuple.Int(1), tuple.Int(2)}
	c := Change{Set: []Assignment{{Column: 1, Value: tuple.Null}}}
	after := c.Result(before)
	if after[0] != tuple.Int(1) || !after[1].IsNull() || before[1] != tuple.Int(2) {
		t.Errorf("before %v, after %v", before, after)
	}
}
