package driver

import (
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestNumbersCompareByValue(t *testing.T) {
	dec := func(s string) tuple.Value {
		v, err := tuple.Decimal(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	inOrder := [][]tuple.Value{
		{dec("-Infinity"), tuple.Float(-1 / zero)},
		{tuple.Int(-5), dec("-5.0"), tuple.Float(-5)},
		{tuple.Int(0), dec("0.00"), tuple.Float(0), tuple.Float(-zero)},
		{dec("0.1"), tuple.Float(0.1)},
		{tuple.Int(1 << 53), tuple.Float(1 << 53)},
		{tuple.Int(1<<53 + 1)},
		{tuple.Uint(1 << 63), dec("9223372036854775808")},
		{tuple.Float(1e300)},
		{dec("Infinity"), tuple.Float(1 / zero)},
	}
	for i, as := range inOrder {
		for j, bs := range inOrder {
			for _, a := range as {
				for _, b := range bs {
					order, ok := compareValues(a, b)
					if want := sign(i - j); !ok || order != want {
						t.Errorf("%v and %v: %d, %t, want %d", a, b, order, ok, want)
					}
				}
			}
		}
	}
	nan := tuple.Float(zero / zero)
	if _, ok := compareValues(nan, tuple.Int(1)); ok {
		t.Error("NaN is ordered")
	}
}

var zero float64

func sign(n int) int { return max(-1, min(1, n)) }

func TestConditionsAndNull(t *testing.T) {
	s := &Schema{Key: []Column{{Name: "k"}}, Columns: []Column{{Name: "a"}, {Name: "b"}}}
	row := &Row{Key: tuple.Of(tuple.Int(1)), Values: []tuple.Value{tuple.Null, tuple.Text("Ab")}}
	for _, c := range []struct {
		column int
		op     Comparison
		value  tuple.Value
		want   bool
	}{
		{1, Equal, tuple.Null, false},
		{1, Equal, tuple.Int(1), false},
		{1, NotEqual, tuple.Int(1), true},
		{1, Less, tuple.Int(1), false},
		{1, AtLeast, tuple.Int(1), false},
		{1, Contains, tuple.Text(""), false},
		{1, Lacks, tuple.Text(""), true},
		{1, IsNull, tuple.Null, true},
		{1, NotNull, tuple.Null, false},
		{2, IsNull, tuple.Null, false},
		{2, NotNull, tuple.Null, true},
		{2, Contains, tuple.Text("ab"), true},
		{0, Contains, tuple.Text("1"), true},
		{AnyColumn, Contains, tuple.Text("b"), true},
		{AnyColumn, Contains, tuple.Text("c"), false},
		{AnyColumn, IsNull, tuple.Null, true},
		{2, Less, tuple.Int(1), false},
		{2, AtLeast, tuple.Text("Ab"), true},
		{2, Greater, tuple.Text("Ab"), false},
	} {
		cond := Condition{Column: c.column, Op: c.op, Value: c.value}
		if got := cond.Holds(s, row); got != c.want {
			t.Errorf("%+v: %t", cond, got)
		}
	}
}
