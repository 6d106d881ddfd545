package store

import (
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store/tuple"
)

// commitOrder returns the names of the changes in the order of staging, except
// that
//
//   - a change which gives up a key comes before the one that takes it, so that
//     each finds the row that it is of, and never one that another change has
//     put in its place;
//   - a row is added before those that refer to it, and removed after them, so
//     that foreign keys hold all the time, and one that cascades removes
//     nothing that is yet to be removed.
//
// Where rows refer to each other in a circle, one of them comes first.
func (cs *ChangeSet) commitOrder() []ID {
	o := &ordering{set: cs, seen: make(map[ID]bool, len(cs.order)), waits: map[ID][]ID{}}
	o.findReferences()
	for _, id := range cs.order {
		o.visit(id)
	}
	return o.order
}

// ordering is the work of commitOrder.
type ordering struct {
	set   *ChangeSet
	order []ID
	seen  map[ID]bool
	// waits holds, for a change, those that must come before it because of
	// foreign keys.
	waits map[ID][]ID
}

// visit adds a change, after all that it waits for.
func (o *ordering) visit(id ID) {
	if id == 0 || o.seen[id] {
		return
	}
	o.seen[id] = true
	o.visit(o.set.waitsFor(id))
	for _, before := range o.waits[id] {
		o.visit(before)
	}
	o.order = append(o.order, id)
}

// waitsFor returns the change of the row that has, at present, the key that
// change id takes; 0 if there is none.
func (cs *ChangeSet) waitsFor(id ID) ID {
	st := cs.changes[id]
	if st.change.Op != Insert && !st.change.Moves() {
		return 0
	}
	row, ok := st.final()
	if !ok {
		return 0
	}
	return cs.byRow[row]
}

// target is some columns of a table that foreign keys refer to.
type target struct {
	table   string // in lower case
	columns string // their names, joined
}

func targetOf(table string, columns []string) target {
	return target{strings.ToLower(table), strings.Join(columns, "\x00")}
}

// named is values of a target's columns, encoded.
type named struct {
	target
	values string
}

// findReferences fills in waits.
func (o *ordering) findReferences() {
	targets := o.targets()
	if len(targets) == 0 {
		return
	}
	adds, removes := map[named]ID{}, map[named]ID{}
	for _, id := range o.set.order {
		st := o.set.changes[id].view(id)
		for t, columns := range targets {
			if t.table == strings.ToLower(st.Schema.Name) {
				note(&st, t, columns, adds, removes)
			}
		}
	}
	for _, id := range o.set.order {
		st := o.set.changes[id].view(id)
		for _, ref := range st.Schema.References {
			o.wait(&st, ref, adds, removes)
		}
	}
}

// targets returns what the foreign keys of the staged rows refer to.
func (o *ordering) targets() map[target][]string {
	targets := map[target][]string{}
	looked := map[*Schema]bool{}
	for _, st := range o.set.changes {
		if looked[st.schema] {
			continue
		}
		looked[st.schema] = true
		for _, ref := range st.schema.References {
			targets[targetOf(ref.Table, ref.To)] = ref.To
		}
	}
	return targets
}

// note notes what values of a target's columns a change adds and removes.
func note(st *Staged, t target, columns []string, adds, removes map[named]ID) {
	before, hadBefore := valuesOf(st.Schema, &st.Before, columns)
	after, hasAfter := valuesOf(st.Schema, &st.After, columns)
	had := hadBefore && st.Change.Op != Insert
	has := hasAfter && st.Change.Op != Delete
	if had && has && before == after {
		return
	}
	if has {
		adds[named{t, after}] = st.ID
	}
	if had {
		removes[named{t, before}] = st.ID
	}
}

// wait notes what a change of a row waits for, or is waited for, because of a
// foreign key.
func (o *ordering) wait(st *Staged, ref Reference, adds, removes map[named]ID) {
	t := targetOf(ref.Table, ref.To)
	if after, ok := valuesOf(st.Schema, &st.After, ref.Columns); ok && st.Change.Op != Delete {
		o.before(adds[named{t, after}], st.ID)
	}
	if before, ok := valuesOf(st.Schema, &st.Before, ref.Columns); ok && st.Change.Op != Insert {
		o.before(st.ID, removes[named{t, before}])
	}
}

func (o *ordering) before(first, then ID) {
	if first != 0 && then != 0 && first != then {
		o.waits[then] = append(o.waits[then], first)
	}
}

// valuesOf returns the values of some columns of a row, encoded. It reports
// false if one of them is NULL or not known: such a row refers to none.
func valuesOf(s *Schema, r *Row, columns []string) (string, bool) {
	var values tuple.Tuple
	for _, name := range columns {
		i := slices.IndexFunc(allColumns(s), func(c Column) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			return "", false
		}
		v := s.ValueAt(r, i)
		if v.IsNull() {
			return "", false
		}
		values = append(values, v)
	}
	return string(values.Append(nil)), len(values) > 0
}
