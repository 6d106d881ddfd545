package sqltext

import (
	"fmt"
	"strings"
	"testing"
)

// TestPosition: the mark | is where somebody types.
func TestPosition(t *testing.T) {
	for text, want := range map[string]string{
		"|":                                    "prefix '' sources []",
		"sel|":                                 "prefix 'sel' sources []",
		"select 1; sel|ect 2":                  "prefix 'sel' sources []",
		"select a from ord|":                   "prefix 'ord' table sources [{[ord] }]",
		"select a from |":                      "prefix '' table sources []",
		"select a from orders o, it|":          "prefix 'it' table sources [{[orders] o} {[it] }]",
		"select o.st| from s.orders as o":      "prefix 'st' of o sources [{[s orders] o}]",
		"select \"O x\".| from \"O x\"":        "prefix '' of O x sources [{[O x] }]",
		"select a, b| from t join u on x":      "prefix 'b' sources [{[t] } {[u] }]",
		"update t set a|":                      "prefix 'a' sources [{[t] }]",
		"insert into t (a|":                    "prefix 'a' sources [{[t] }]",
		"select 'abc|' from t":                 "prefix '' quoted sources [{[t] }]",
		"select a -- from |\nfrom t":           "prefix '' quoted sources [{[t] }]",
		"select a from t where b = 'x' and c|": "prefix 'c' sources [{[t] }]",
		"select 1;\n|":                         "prefix '' sources []",
		"select a from t where |":              "prefix '' sources [{[t] }]",
	} {
		script, rest, _ := strings.Cut(text, "|")
		p := dollars.Position(script+rest, len(script))
		got := fmt.Sprintf("prefix '%s'", p.Prefix)
		if p.Qualifier != "" {
			got += " of " + p.Qualifier
		}
		if p.Table {
			got += " table"
		}
		if p.Quoted {
			got += " quoted"
		}
		got += fmt.Sprintf(" sources %v", p.Sources)
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		if p.Start+len(p.Prefix) != len(script) {
			t.Errorf("%s: the prefix begins at %d", text, p.Start)
		}
	}
}

func TestUnconditional(t *testing.T) {
	for statement, want := range map[string]bool{
		"delete from t": true, "DELETE FROM t WHERE a": false, "update t set a = (select b from u where c)": true,
		"update t set a = 1 where b": false, "select 1": false, "": false, "/* where */ delete from t": true,
	} {
		if got := dollars.Unconditional(statement); got != want {
			t.Errorf("%s: %t", statement, got)
		}
	}
}

func FuzzPosition(f *testing.F) {
	f.Add("select a.b from t", 9)
	f.Fuzz(func(t *testing.T, text string, at int) {
		if at < 0 || at > len(text) {
			return
		}
		for _, d := range []Dialect{standard, dollars, ticks, lite} {
			if p := d.Position(text, at); p.Start < 0 || p.Start+len(p.Prefix) != at || text[p.Start:at] != p.Prefix {
				t.Fatalf("%q at %d: %+v", text, at, p)
			}
		}
	})
}
