package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/tuple"
)

func filterSchema() *Schema {
	return &Schema{
		Name: "t",
		Key:  []Column{{Name: "id", Kind: tuple.KindInt}},
		Columns: []Column{
			{Name: "name", Kind: tuple.KindText}, {Name: "total", Kind: tuple.KindDecimal},
			{Name: "ratio", Kind: tuple.KindFloat}, {Name: "seen", Kind: tuple.KindTimestamp},
			{Name: "doc", Kind: tuple.KindJSON}, {Name: "any", Kind: tuple.KindNull},
			{Name: "odd name", Kind: tuple.KindBytes}, {Name: "Name2", Kind: tuple.KindOther, Type: "inet"},
		},
	}
}

func filterRow() *Row {
	total, _ := tuple.Decimal("12.50")
	return &Row{Key: tuple.Of(tuple.Int(42)), Values: []tuple.Value{
		tuple.Text(`Ann "the" Smith`), total, tuple.Float(0.1),
		tuple.Instant(time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)),
		tuple.JSON(`{"a": 1}`), tuple.Null, tuple.BytesOf("\x0a\xff"), tuple.Other("inet", "10.0.0.1"),
	}}
}

func TestFilterMatches(t *testing.T) {
	for text, want := range map[string]bool{
		"":                         true,
		"  ":                       true,
		"ann":                      true,
		"SMITH ann":                true,
		"ann bob":                  false,
		`"n ""the"" s"`:            true,
		`'n "the" s'`:              true,
		"'n \"the\"  s'":           false,
		"42":                       true,
		"0x0aff":                   true,
		"null":                     false,
		"id=42":                    true,
		"id = 42":                  true,
		"ID=42":                    true,
		"id= 42 name~ann":          true,
		"id!=42":                   false,
		"id>41 id<43":              true,
		"id>=42 id<=42":            true,
		"id>42":                    false,
		"id<42":                    false,
		`name="Ann ""the"" Smith"`: true,
		`name='Ann "the" Smith'`:   true,
		"name=ann":                 false,
		"name~SMITH":               true,
		"name!~smith":              false,
		"name!~bob":                true,
		"name>Ann":                 true,
		"total=12.5":               true,
		"total=12.500":             true,
		"total>12.49":              true,
		"ratio=0.1":                true,
		"ratio<0.1000001":          true,
		"seen=2026-01-02T12:00:00": true,
		"seen>2026-01-02":          true,
		"seen<2026-01-03":          true,
		`doc~"""a"""`:              true,
		`doc='{"a": 1}'`:           true,
		"any=null":                 true,
		"any!=null":                false,
		"any=NULL":                 true,
		`any="null"`:               false,
		"any=1":                    false,
		"any!=1":                   true,
		"any<1":                    false,
		"any>=1":                   false,
		"any~n":                    false,
		"any!~n":                   true,
		"name=null":                false,
		"name!=null":               true,
		`"odd name"=0aff`:          true,
		`"odd name"~0AFF`:          true,
		"name2=10.0.0.1":           true,
		`name=""`:                  false,
		"name!=a=b":                true,
	} {
		f, err := ParseFilter(filterSchema(), text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Match(filterRow()); got != want {
			t.Errorf("%s matches: %t, want %t", text, got, want)
		}
		if f.String() != text || f.Empty() != (strings.TrimSpace(text) == "") {
			t.Errorf("%q: String() is %q, Empty() is %t", text, f, f.Empty())
		}
	}
}

func TestFilterErrors(t *testing.T) {
	for text, want := range map[string]string{
		"colour=red":  `there is no column "colour"`,
		"=red":        "no column before",
		"id=":         `nothing after "id="`,
		"id=abc":      "not an integer",
		`name="a`:     "is not closed",
		"'":           "is not closed",
		"id<null":     "neither more nor less",
		"seen>monday": "not a date",
	} {
		_, err := ParseFilter(filterSchema(), text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
			continue
		}
		if KindOf(err) != BadValue || HintOf(err) == "" {
			t.Errorf("%s: kind %q, hint %q", text, KindOf(err), HintOf(err))
		}
	}
}

func TestFilterNeedsWholeValues(t *testing.T) {
	cut := []Cut{{Column: 0, Size: 100}}
	for text, want := range map[string]bool{"": false, "id=1": false, "total=1": false, "ann": true, "id=1 name~a": true, "name=null": false, "name!=null id=1": false} {
		f, err := ParseFilter(filterSchema(), text)
		if err != nil {
			t.Fatal(err)
		}
		if f.needs(cut) != want || f.needs(nil) {
			t.Errorf("%q needs a value that is cut: %t, want %t", text, f.needs(cut), want)
		}
	}
}

// TestFilterOfValuesIsTyped: a filter that a program makes is shown to people,
// who may change it.
func TestFilterOfValuesIsTyped(t *testing.T) {
	columns := []string{"id", "name", "odd name", "any"}
	for _, name := range []string{"Ann", "", "null", `a "b" =c`, "two words", "x=y", "NULL", "'"} {
		values := []tuple.Value{tuple.Int(42), tuple.Text(name), tuple.BytesOf("\x0a\xff"), tuple.Null}
		made, err := NewFilter(filterSchema(), columns, values)
		if err != nil {
			t.Fatal(err)
		}
		typed, err := ParseFilter(filterSchema(), made.String())
		if err != nil || !slices.Equal(made.where, typed.where) {
			t.Errorf("%s: %+v, %v, want %+v", made, typed.where, err, made.where)
		}
	}
	if _, err := NewFilter(filterSchema(), []string{"gone"}, []tuple.Value{tuple.Null}); KindOf(err) != BadValue {
		t.Errorf("a column that is not there: %v", err)
	}
}

// FuzzFilter parses arbitrary filters: none may panic, and what a word is
// quoted as finds it.
func FuzzFilter(f *testing.F) {
	f.Add("ann", "name")
	f.Add(`a"b' =`, "x")
	f.Fuzz(func(t *testing.T, text, value string) {
		if filter, err := ParseFilter(filterSchema(), text); err == nil {
			filter.Match(filterRow())
		}
		quoted := `name="` + strings.ReplaceAll(value, `"`, `""`) + `"`
		filter, err := ParseFilter(filterSchema(), quoted)
		if err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		row := filterRow()
		row.Values[0] = tuple.Text(value)
		if !filter.Match(row) {
			t.Errorf("%s does not match %q", quoted, value)
		}
	})
}
