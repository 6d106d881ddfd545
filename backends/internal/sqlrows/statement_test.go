package sqlrows

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// plain is a dialect with numbered placeholders, and text that sorts by its
// bytes. NULL sorts before everything.
type plain struct{ rowValues bool }

func (plain) Quote(name string) string                           { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func (p plain) Table(name string) string                         { return "app." + p.Quote(name) }
func (p plain) Qualifier(table string) string                    { return p.Quote(table) }
func (plain) Placeholder(n int) string                           { return fmt.Sprintf("$%d", n) }
func (plain) Collate(_ *driver.Column, expr string) string       { return expr }
func (p plain) RowValues([]driver.Column) bool                   { return p.rowValues }
func (plain) Read(_ *driver.Column, expr string) string          { return expr }
func (plain) NoColumns() string                                  { return " DEFAULT VALUES" }
func (plain) Returning() bool                                    { return true }
func (plain) Begin(bool) []string                                { return []string{"BEGIN"} }
func (plain) Ended(Conn, error) bool                             { return false }
func (plain) Lock() string                                       { return "" }
func (plain) Limits() Limits                                     { return Limits{Columns: 8, Arguments: 100, Union: 10} }
func (plain) WriteContext(ctx context.Context) context.Context   { return ctx }
func (plain) Value(*driver.Column, any) (tuple.Value, error)     { return tuple.Null, nil }
func (plain) Normal(_ *driver.Column, v tuple.Value) tuple.Value { return v }
func (plain) Argument(v tuple.Value) any                         { return v.String() }

func (plain) Cut(_ *driver.Column, expr string, most int) (value, size string) {
	return fmt.Sprintf("left(%s,%d)", expr, most), "length(" + expr + ")"
}

func (plain) Stored(_ *driver.Column, v tuple.Value) (tuple.Value, error) { return v, nil }

// Edge: the text "infinity" is above all others, and one that ends in ~ cannot
// be said.
func (plain) Edge(_ *driver.Column, v tuple.Value) (tuple.Value, Place) {
	text, after := strings.CutSuffix(v.AsText(), "+")
	switch {
	case v.IsNull():
		return v, Below
	case text == "infinity":
		return v, Above
	case after:
		return tuple.Text(text), After
	}
	return v, At
}

func (plain) Prefix(_ *driver.Column, p tuple.Value) (first, after tuple.Value, err error) {
	switch p.AsText() {
	case "last":
		return p, tuple.Null, nil
	case "none":
		return tuple.Null, tuple.Null, driver.Errorf(driver.Unsupported, "no prefixes here")
	}
	return p, tuple.Text(p.AsText() + "~"), nil
}

func (plain) Describe(context.Context, Querier, string) (*driver.Schema, error) {
	return nil, driver.Errorf(driver.NoTable, "none")
}

func events() *driver.Schema {
	return &driver.Schema{
		Name:    "e",
		Key:     []driver.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}},
		Columns: []driver.Column{{Name: "v"}},
	}
}

func words(parts ...string) tuple.Tuple {
	var k tuple.Tuple
	for _, p := range parts {
		if p == "NULL" {
			k = append(k, tuple.Null)
		} else {
			k = append(k, tuple.Text(p))
		}
	}
	return k
}

// condition returns what follows FROM and precedes ORDER BY, without the
// table's name, with the arguments in place.
func condition(t *testing.T, d Dialect, r tuple.Range) string {
	t.Helper()
	query, args, err := ScanStatement(d, events(), driver.Query{Range: r, Limit: 10, KeysOnly: true})
	if err != nil {
		return err.Error()
	}
	if query == "" {
		return "nothing"
	}
	_, rest, _ := strings.Cut(query, `FROM app."e"`)
	rest, _, _ = strings.Cut(rest, " ORDER BY")
	for i := len(args); i > 0; i-- {
		rest = strings.Replace(rest, fmt.Sprintf("$%d", i), strings.Trim(args[i-1].(string), `"`), 1)
	}
	return strings.ReplaceAll(strings.TrimPrefix(rest, " WHERE "), `"e".`, "")
}

func TestConditions(t *testing.T) {
	incl := func(k ...string) tuple.Bound { return tuple.Bound{Key: words(k...)} }
	excl := func(k ...string) tuple.Bound { return tuple.Bound{Key: words(k...), Exclusive: true} }
	part := func(b tuple.Bound) tuple.Bound { b.Part = true; return b }
	for _, c := range []struct {
		name         string
		lower, upper tuple.Bound
		want         string
	}{
		{"everything", tuple.Bound{}, tuple.Bound{}, ""},
		{"from", incl("x"), tuple.Bound{}, `"a" >= x`},
		{"after a whole key", excl("x", "y", "z"), tuple.Bound{}, `("a", "b", "c") > (x, y, z)`},
		{"before a part of a key", tuple.Bound{}, excl("x", "y"), `("a", "b") < (x, y)`},
		{"prefix", incl("x", "y"), incl("x", "y"), `"a" = x AND "b" = y`},
		{"prefix and more", incl("x", "p", "q"), excl("x", "r"), `"a" = x AND ("b", "c") >= (p, q) AND "b" < r`},
		{"page of a prefix", excl("x", "y", "z"), incl("x"), `"a" = x AND ("b", "c") > (y, z)`},
		{"point", incl("x", "y", "z"), incl("x", "y", "z"), `"a" = x AND "b" = y AND "c" = z`},
		{"point left out", excl("x", "y", "z"), incl("x", "y", "z"), "nothing"},
		{"after a prefix, within it", excl("x"), incl("x", "y"), "nothing"},
		{"up to a prefix, within it", incl("x", "y"), excl("x"), "nothing"},
		{"part", part(incl("x", "y")), part(incl("x", "y")), `"a" = x AND "b" >= y AND "b" < y~`},
		{"after a part", part(excl("x", "y")), tuple.Bound{}, `("a", "b") >= (x, y~)`},
		{"before a part", tuple.Bound{}, part(excl("x", "y")), `("a", "b") < (x, y)`},
		{"last part", part(incl("x", "last")), part(incl("x", "last")), `"a" = x AND "b" >= last`},
		{"after the last part", part(excl("x", "last")), tuple.Bound{}, `"a" > x`},
		{"after the last part of all", part(excl("last")), tuple.Bound{}, "nothing"},
		{"up to the last part of all", tuple.Bound{}, part(incl("last")), ""},
		{"no prefixes", part(incl("none")), tuple.Bound{}, "no prefixes here"},
		{"from NULL", incl("x", "NULL", "z"), tuple.Bound{}, `"a" >= x`},
		{"after NULL", excl("x", "NULL"), tuple.Bound{}, `"a" >= x`},
		{"up to NULL", tuple.Bound{}, incl("x", "NULL"), `"a" < x`},
		{"up to NULL, first", tuple.Bound{}, incl("NULL"), "nothing"},
		{"from NULL, first", incl("NULL"), tuple.Bound{}, ""},
		{"from infinity", incl("x", "infinity"), tuple.Bound{}, `"a" > x`},
		{"from infinity, first", incl("infinity"), tuple.Bound{}, "nothing"},
		{"up to infinity", tuple.Bound{}, excl("x", "infinity"), `"a" <= x`},
		{"up to infinity, first", tuple.Bound{}, incl("infinity"), ""},
		{"from what is between", incl("x", "y+", "z"), tuple.Bound{}, `("a", "b") > (x, y)`},
		{"up to what is between", tuple.Bound{}, excl("x", "y+"), `("a", "b") <= (x, y)`},
		{"too long", incl("x", "y", "z", "w"), tuple.Bound{}, "a bound has 4 elements, the key of e only 3"},
	} {
		if got := strings.TrimSpace(condition(t, plain{rowValues: true}, tuple.Range{Lower: c.lower, Upper: c.upper})); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestExpandedConditions: the form for databases that search no index with row
// values.
func TestExpandedConditions(t *testing.T) {
	after := tuple.Range{}.After(words("x", "y", "z"))
	want := `("a" >= x AND ("a" > x OR ("a" = x AND ("b" > y OR ("b" = y AND "c" > z)))))`
	if got := condition(t, plain{}, after); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	within := tuple.Range{Lower: tuple.Bound{Key: words("x", "y", "z")}, Upper: tuple.Bound{Key: words("x", "w"), Exclusive: true}}
	want = `"a" = x AND ("b" >= y AND ("b" > y OR ("b" = y AND "c" >= z))) AND "b" < w`
	if got := condition(t, plain{}, within); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestScanStatement(t *testing.T) {
	s := events()
	s.Name = `e "x"`
	q := driver.Query{Range: tuple.Range{}.After(words("x", "y", "z")), Reverse: true, Limit: 10, MaxValue: 7}
	query, args, err := ScanStatement(plain{rowValues: true}, s, q)
	want := strings.ReplaceAll(`SELECT @."a", @."b", @."c", left(@."v",8), length(@."v") FROM app.@ WHERE (@."a", @."b", @."c") > ($1, $2, $3)`+
		` ORDER BY @."a" DESC, @."b" DESC, @."c" DESC LIMIT 11`, "@", `"e ""x"""`)
	if err != nil || query != want || len(args) != 3 {
		t.Errorf("%s\nwant %s\n%v %v", query, want, args, err)
	}
}
