package postgres

import (
	"slices"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		schema, name string
		visible      bool
		want         string
	}{
		{"public", "t", true, "t"},
		{"public", `a.b"c`, true, `a.b"c`},
		{"app", "t", false, "app.t"},
		{"a.b", `x"y`, false, `"a.b"."x""y"`},
		{"app", "Größe", false, "app.Größe"},
	} {
		if got := relationName(c.schema, c.name, c.visible); got != c.want {
			t.Errorf("%s.%s is called %s, want %s", c.schema, c.name, got, c.want)
		}
	}
	for _, text := range []string{"", "t", ".", "a.", ".b", "a.b.c", `"a"`, `"a".`, `"a"b.c`, `"a.b`, `a."b"c`, `"a""`} {
		if schema, name, ok := cutName(text); ok {
			t.Errorf("%s is %s and %s", text, schema, name)
		}
	}
}

// FuzzNames: a name that was made is taken apart into what it was made of, and
// nothing panics.
func FuzzNames(f *testing.F) {
	f.Add("app", "t")
	f.Add(`a"."b`, `.""`)
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, schema, name string) {
		cutName(name)
		gotSchema, gotName, ok := cutName(relationName(schema, name, false))
		if !ok || gotSchema != schema || gotName != name {
			t.Errorf("%q and %q became %q and %q, %t", schema, name, gotSchema, gotName, ok)
		}
	})
}

func TestSpellings(t *testing.T) {
	for _, c := range []struct {
		typ, name string
		args      []int
	}{
		{"integer", "integer", nil},
		{"numeric(10,2)", "numeric", []int{10, 2}},
		{"numeric(5,-2)", "numeric", []int{5, -2}},
		{"timestamp(3) with time zone", "timestamp with time zone", []int{3}},
		{"character varying(10)[]", "character varying[]", []int{10}},
		{"email (character varying(20))", "character varying", []int{20}},
		{"cost (numeric)", "numeric", nil},
		{"app.mood", "app.mood", nil},
		{`"odd(type"`, `"odd(type"`, nil},
		{`"a(b)"`, `"a(b)"`, nil},
		{"", "", nil},
	} {
		if got := spellingOf(c.typ); got.name != c.name || !slices.Equal(got.args, c.args) {
			t.Errorf("%s: %+v", c.typ, got)
		}
	}
}
