package driver

import (
	"fmt"

	"github.com/rowan-db/rowan/store/tuple"
)

// differenceSigns are what lines about rows begin with.
var differenceSigns = map[DifferenceKind]string{RowAdded: "+", RowRemoved: "-", RowChanged: "~"}

// String describes a difference in a line, as people read it: + for a row that
// was added, - for one that was removed, and ~ for one that was changed, with
// the columns that differ. It may hold anything that the data may.
func (d *Difference) String() string {
	sign, ok := differenceSigns[d.Kind]
	if !ok {
		return string(d.Kind) + ": " + d.Table
	}
	line := sign + " " + d.Table + " " + d.Key.String()
	gap := "  "
	for _, c := range d.columns() {
		line += gap + c
		gap = " "
	}
	return line
}

// columns lists the columns in which a row differs, as name: old → new.
func (d *Difference) columns() []string {
	if d.Old == nil || d.New == nil {
		return nil
	}
	old := map[string]tuple.Value{}
	for i, c := range d.OldSchema.Columns {
		old[c.Name] = d.Old.Values[i]
	}
	var out []string
	for i, c := range d.NewSchema.Columns {
		if was, ok := old[c.Name]; !ok || was != d.New.Values[i] {
			out = append(out, fmt.Sprintf("%s: %s → %s", c.Name, short(was), short(d.New.Values[i])))
		}
	}
	return out
}

// short returns a value in at most about sixty bytes.
func short(v tuple.Value) string {
	const limit = 60
	if text := v.String(); len(text) > limit {
		return cutText(text, limit) + "…"
	}
	return v.String()
}
