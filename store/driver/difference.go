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
	if d.Kind != RowChanged {
		return line
	}
	const limit = 60
	gap := "  "
	for _, c := range d.Columns(limit) {
		line += gap + c
		gap = " "
	}
	return line
}

// Columns lists the columns of a row that was changed in which it differs, as
// name: old → new, and all of one that was added or removed, as name: value. A
// value of more than about limit bytes is only a beginning, with an ellipsis.
// They may hold anything that the data may.
func (d *Difference) Columns(limit int) []string {
	var out []string
	switch {
	case d.Old != nil && d.New != nil:
		return d.changed(limit)
	case d.Old != nil:
		for i, c := range d.OldSchema.Columns {
			out = append(out, c.Name+": "+short(d.Old.Values[i], limit))
		}
	case d.New != nil:
		for i, c := range d.NewSchema.Columns {
			out = append(out, c.Name+": "+short(d.New.Values[i], limit))
		}
	}
	return out
}

func (d *Difference) changed(limit int) []string {
	old := map[string]tuple.Value{}
	for i, c := range d.OldSchema.Columns {
		old[c.Name] = d.Old.Values[i]
	}
	var out []string
	for i, c := range d.NewSchema.Columns {
		if was, ok := old[c.Name]; !ok || was != d.New.Values[i] {
			out = append(out, fmt.Sprintf("%s: %s → %s", c.Name, short(was, limit), short(d.New.Values[i], limit)))
		}
	}
	return out
}

// short returns a value in at most about limit bytes.
func short(v tuple.Value, limit int) string {
	text := v.String()
	if len(text) > limit {
		return cutText(text, limit) + "…"
	}
	return text
}
