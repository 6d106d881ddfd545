package sqlrows

import (
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// folding is a dialect in which only the database knows what begins alike in
// column b.
type folding struct{ plain }

func (folding) Matches(c *driver.Column) bool { return c.Name == "b" }

func (folding) Match(_ *driver.Column, expr string, p tuple.Value, arg func(any) string) string {
	return expr + " ~ " + arg(p.String())
}

// TestMatching: a bound at what begins with a text leaves to the database what
// that is, and still says where in an index it begins or ends.
func TestMatching(t *testing.T) {
	part := func(exclusive bool, k ...string) tuple.Bound {
		return tuple.Bound{Key: words(k...), Part: true, Exclusive: exclusive}
	}
	for _, c := range []struct {
		name         string
		lower, upper tuple.Bound
		want         string
	}{
		{"prefix", part(false, "x", "p"), part(false, "x", "p"), `"a" = x AND ("b" >= p OR "b" ~ p) AND ("b" <= p OR "b" ~ p)`},
		{"all but a prefix", part(true, "x", "p"), tuple.Bound{}, `("a" >= x AND ("a" > x OR ("a" = x AND ("b" > p AND NOT "b" ~ p))))`},
		{"before a prefix", tuple.Bound{}, part(true, "x", "p"), `("a" <= x AND ("a" < x OR ("a" = x AND ("b" < p AND NOT "b" ~ p))))`},
		{"page of a prefix", tuple.Bound{Key: words("x", "pq", "z"), Exclusive: true}, part(false, "x", "p"),
			`"a" = x AND ("b", "c") > (pq, z) AND ("b" <= p OR "b" ~ p)`},
		{"of a column that is not matched", part(false, "p"), part(false, "p"), `"a" >= p AND "a" < p~`},
	} {
		if got := condition(t, folding{plain{rowValues: true}}, tuple.Range{Lower: c.lower, Upper: c.upper}); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
