package sqltext

import (
	"fmt"
	"strings"
	"testing"
)

// show writes a select as table: items.
func show(q Select, ok bool) string {
	if !ok {
		return "no"
	}
	var items []string
	for _, it := range q.Items {
		switch {
		case it.Star:
			items = append(items, "*")
		case it.Column == "":
			items = append(items, "?")
		default:
			items = append(items, it.Column)
		}
	}
	return fmt.Sprintf("%s: %s", strings.Join(q.Table, "."), strings.Join(items, " "))
}

// TestSingle: what is taken for rows of one table although it is not would be
// edited in the wrong row.
func TestSingle(t *testing.T) {
	for statement, want := range map[string]string{
		"select * from t":     "t: *",
		"select a, b from t;": "t: a b",
		"SELECT ALL a FROM s.t WHERE x = 1 ORDER BY a LIMIT 3":        "s.t: a",
		`select "A ""x""", a b, c as d from "T t" as x`:               `T t: A "x" a c`,
		"select t.a, x.b, x.* from t x":                               "t: a b *",
		"select a + 1, lower(a), count(*), 'x', 1, a::text, b from t": "t: ? ? ? ? ? ? b",
		"select (select b from u), a from t":                          "t: ? a",
		"select *, a from t where a in (select 1 union select 2)":     "t: * a",
		"select a /* , b */ from t -- join u":                         "t: a",
		"select a, b from t limit 10 offset 5":                        "t: a b",

		"select":                                            "no",
		"select 1":                                          "no",
		"select a from":                                     "no",
		"select a from t, u":                                "no",
		"select a from t join u on t.a = u.a":               "no",
		"select a from t left join u using (a)":             "no",
		"select a from (select a from t) x":                 "no",
		"select a from f(1)":                                "no",
		"select a from t x y":                               "no",
		"select distinct a from t":                          "no",
		"select a from t group by a":                        "no",
		"select a from t where b = 1 group by a":            "no",
		"select a from t having 1":                          "no",
		"select a from t union select b from u":             "no",
		"select a from t where a union all select b from t": "no",
		"select a into u from t":                            "no",
		"select u.a from t":                                 "no",
		"with t as (select 1) select * from t":              "no",
		"values (1)":                                        "no",
		"insert into t select * from u":                     "no",
		"select a from t; select b from u":                  "no",
		"table t":                                           "no",
		"":                                                  "no",
	} {
		if got := show(dollars.Single(statement)); got != want {
			t.Errorf("%s: %s, want %s", statement, got, want)
		}
	}
	if got := show(ticks.Single("select `a``b` /*!99999 , c */ from `t`")); got == "t: a`b" {
		t.Errorf("a comment that is run: %s", got)
	}
}

func FuzzSingle(f *testing.F) {
	f.Add("select a.b, * from t as x where (1)")
	f.Add(`select "`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []Dialect{standard, dollars, ticks, lite} {
			if q, ok := d.Single(text); ok && (len(q.Table) == 0 || len(q.Items) == 0) {
				t.Errorf("%q is %+v", text, q)
			}
		}
	})
}
