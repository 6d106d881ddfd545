package driver

import (
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestDifferencesAreDescribed(t *testing.T) {
	key := tuple.Of(tuple.Int(1))
	schema := &Schema{Columns: []Column{{Name: "a"}, {Name: "b"}}}
	wider := &Schema{Columns: []Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
	old := &Row{Values: []tuple.Value{tuple.Int(1), tuple.Text("x")}}
	long := &Row{Values: []tuple.Value{tuple.Int(1), tuple.Text(strings.Repeat("é", 100)), tuple.Null}}
	for want, d := range map[string]Difference{
		"table added: t": {Kind: TableAdded, Table: "t"},
		"+ t (1)":        {Kind: RowAdded, Table: "t", Key: key, New: old, NewSchema: schema},
		"- t (1)":        {Kind: RowRemoved, Table: "t", Key: key, Old: old, OldSchema: schema},
		`~ t (1)  b: "x" → "` + strings.Repeat("é", 29) + "… c: null → null": {
			Kind: RowChanged, Table: "t", Key: key, Old: old, New: long, OldSchema: schema, NewSchema: wider},
	} {
		if got := d.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestColumnsOfADifference(t *testing.T) {
	schema := &Schema{Columns: []Column{{Name: "a"}, {Name: "b"}}}
	one := &Row{Values: []tuple.Value{tuple.Int(1), tuple.Text("x")}}
	two := &Row{Values: []tuple.Value{tuple.Int(1), tuple.Text("a long text")}}
	for want, d := range map[string]Difference{
		"":                  {Kind: TableAdded, Table: "t"},
		`a: 1|b: "x"`:       {Kind: RowAdded, New: one, NewSchema: schema},
		`a: 1|b: "a long…`:  {Kind: RowRemoved, Old: two, OldSchema: schema},
		`b: "x" → "a long…`: {Kind: RowChanged, Old: one, New: two, OldSchema: schema, NewSchema: schema},
	} {
		if got := strings.Join(d.Columns(7), "|"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
