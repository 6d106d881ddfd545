package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
)

// Above these numbers a commit asks for the name of a table: nobody has read
// each line of its review.
const (
	manyChanges = 50
	manyDeletes = 20
)

// bulk is a commit in numbers.
type bulk struct{ tables []bulkTable }

// bulkTable is what a commit does to a table.
type bulkTable struct {
	name             string
	changes, deletes int
	first, last      tuple.Tuple // of the keys that are known
}

// measure counts changes by table, those with the most first.
func measure(all []store.Staged) bulk {
	var b bulk
	at := map[string]int{}
	for _, s := range all {
		i, ok := at[s.Schema.Name]
		if !ok {
			i = len(b.tables)
			at[s.Schema.Name] = i
			b.tables = append(b.tables, bulkTable{name: s.Schema.Name})
		}
		b.tables[i].add(s.Change)
	}
	slices.SortStableFunc(b.tables, func(x, y bulkTable) int { return y.changes - x.changes })
	return b
}

func (t *bulkTable) add(c store.Change) {
	t.changes++
	if c.Op == store.Delete {
		t.deletes++
	}
	if c.Key == nil {
		return // the database will make it
	}
	if t.first == nil || c.Key.Compare(t.first) < 0 {
		t.first = c.Key
	}
	if t.last == nil || c.Key.Compare(t.last) > 0 {
		t.last = c.Key
	}
}

func (b bulk) total() (changes, deletes int) {
	for _, t := range b.tables {
		changes += t.changes
		deletes += t.deletes
	}
	return changes, deletes
}

// isLarge reports whether the commit asks for the name of a table.
func (b bulk) isLarge() bool {
	changes, deletes := b.total()
	return changes > manyChanges || deletes > manyDeletes
}

// String describes what is done to a table.
func (t bulkTable) String() string {
	text := fmt.Sprintf("%s: %s", t.name, countOf(t.changes, "row"))
	switch {
	case t.deletes == t.changes:
		text += " deleted"
	case t.deletes > 0:
		text += fmt.Sprintf(", %d of them deleted", t.deletes)
	}
	if t.first != nil {
		text += fmt.Sprintf(", from %s to %s", t.first, t.last)
	}
	return text
}

// maxListed is how many tables a question lists.
const maxListed = 5

// confirm is the question whether to commit so much. The word is the name of
// the table with the most changes.
func (b bulk) confirm() pane.Confirm {
	changes, _ := b.total()
	var lines []string
	for _, t := range b.tables[:min(len(b.tables), maxListed)] {
		lines = append(lines, t.String())
	}
	if more := len(b.tables) - maxListed; more > 0 {
		lines = append(lines, fmt.Sprintf("and %s more", countOf(more, "table")))
	}
	word := b.tables[0].name
	return pane.Confirm{
		Title: "Commit " + countOf(changes, "change"),
		Text:  strings.Join(lines, "\n") + "\nType " + word + " to go on, and press enter:",
		Word:  word, Yes: "Commit", Then: pane.Commit{Confirmed: true},
	}
}
