package edit

import (
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
)

// RowID is the name of the form of a new row.
const RowID = "insert"

// Row is the form of a new row: a field for each element of the key and each
// column.
type Row struct {
	env      *pane.Env
	commands []pane.Command
	schema   *store.Schema
	fields   []entry
	focus    int
	top      int    // the first field that is seen
	err      string // why the row cannot be staged

	width, height int
}

// state says what a field gives its column.
type state uint8

const (
	stateDefault state = iota // nothing: the database decides
	stateNull
	stateValue // what is typed
)

// entry is a field of the form.
type entry struct {
	column *store.Column
	key    bool
	auto   bool // the database makes it if nothing is typed
	state  state
	given  given
	box    input.Model
}

// NewRow returns a form, filled in with what the action gives.
func NewRow(env *pane.Env, act pane.InsertRow) *Row {
	r := &Row{env: env, schema: act.Schema}
	auto := act.Schema.AutoKey
	for i := range act.Schema.Key {
		e := entry{column: &act.Schema.Key[i], key: true, auto: auto}
		if i < len(act.Key) && !auto {
			e.set(act.Key[i])
		}
		r.fields = append(r.fields, e)
	}
	for i := range act.Schema.Columns {
		e := entry{column: &act.Schema.Columns[i]}
		if i < len(act.Values) && !e.column.Generated {
			e.set(act.Values[i])
		}
		r.fields = append(r.fields, e)
	}
	r.commands = r.buildCommands()
	if len(r.fields) > 0 && r.fields[0].column.Generated {
		r.move(1)
	}
	return r
}

func (e *entry) set(v tuple.Value) {
	e.state = stateValue
	if v.IsNull() {
		e.state = stateNull
		return
	}
	e.given = given{v, editText(e.column, v)}
	e.box.SetValue(e.given.text)
}

// value returns what the field gives its column; ok is false if that is
// nothing.
func (e *entry) value() (v tuple.Value, ok bool, err error) {
	switch e.state {
	case stateNull:
		return tuple.Null, true, nil
	case stateValue:
		v, err = e.given.parse(e.column, e.box.Value())
		return v, true, err
	}
	return tuple.Null, false, e.missing()
}

// missing says why the field cannot be left to the database, if it cannot.
func (e *entry) missing() error {
	c := e.column
	if c.Generated || e.auto || !e.key && (c.Nullable || c.Default != "") {
		return nil
	}
	return errors.New("a value is needed: the column has no default")
}

// ID implements [pane.Pane].
func (r *Row) ID() string { return RowID }

// Commands implements [pane.Pane].
func (r *Row) Commands() []pane.Command { return r.commands }

// Typing implements [pane.Typer].
func (r *Row) Typing() bool { return true }

func (r *Row) buildCommands() []pane.Command {
	move := func(n int) func(string) (pane.Action, tea.Cmd) {
		return func(string) (pane.Action, tea.Cmd) {
			r.move(n)
			return nil, nil
		}
	}
	return []pane.Command{
		{Name: "stage", Help: "stage the new row", Keys: []string{"ctrl+s", "enter"}, Hint: "stage", Run: r.stage},
		{Name: "next-field", Help: "go to the next field", Keys: []string{"tab", "down"}, Hint: "next", Motion: true, Run: move(1)},
		{Name: "previous-field", Help: "go to the field before", Keys: []string{"shift+tab", "up"}, Motion: true, Run: move(-1)},
		{Name: "next-page", Help: "go to the fields below", Keys: []string{"pgdown"}, Motion: true, Run: move(10)},
		{Name: "previous-page", Help: "go to the fields above", Keys: []string{"pgup"}, Motion: true, Run: move(-10)},
		{Name: "set-null", Help: "make the field NULL", Keys: []string{"ctrl+n"}, Hint: "NULL", Disabled: r.noNull, Run: r.setNull},
		{Name: "set-default", Help: "leave the field to the database", Keys: []string{"ctrl+r"}, Hint: "default", Run: r.setDefault},
		{Name: "cancel", Help: "insert nothing", Keys: []string{"esc"}, Hint: "cancel", Run: closes},
	}
}

// current returns the field that has the focus.
func (r *Row) current() *entry { return &r.fields[r.focus] }

// move goes n fields on, past those that cannot be set.
func (r *Row) move(n int) {
	step := 1
	if n < 0 {
		step = -1
	}
	to := min(max(r.focus+n, 0), len(r.fields)-1)
	for at := to; at >= 0 && at < len(r.fields); at += step {
		if !r.fields[at].column.Generated {
			r.focus = at
			break
		}
	}
	r.scroll()
}

func (r *Row) noNull() string {
	if !r.current().column.Nullable {
		return "the column cannot hold NULL"
	}
	return ""
}

func (r *Row) setNull(string) (pane.Action, tea.Cmd) {
	r.current().state = stateNull
	r.err = ""
	return nil, nil
}

func (r *Row) setDefault(string) (pane.Action, tea.Cmd) {
	e := r.current()
	e.state = stateDefault
	e.box.SetValue("")
	r.err = ""
	return nil, nil
}

// Update implements [pane.Pane].
func (r *Row) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	e := r.current()
	k, isKey := msg.(tea.KeyPressMsg)
	if isKey && e.state != stateValue && k.Text == "" {
		return nil, nil // there is nothing to edit yet
	}
	if e.box.Update(msg) {
		e.state = stateValue
		r.err = ""
	}
	return nil, nil
}

// stage adds the row to the set of staged changes, or goes to the field that
// prevents it.
func (r *Row) stage(string) (pane.Action, tea.Cmd) {
	var key tuple.Tuple
	var set []store.Assignment
	for i := range r.fields {
		e := &r.fields[i]
		v, ok, err := e.value()
		if err != nil {
			r.fail(i, reason(err))
			return nil, nil
		}
		switch {
		case e.key && ok:
			key = append(key, v)
		case ok:
			set = append(set, store.Assignment{Column: i - len(r.schema.Key), Value: v})
		}
	}
	if len(key) > 0 && len(key) < len(r.schema.Key) {
		r.fail(r.firstMissing(), "give all elements of the key, or none")
		return nil, nil
	}
	if _, err := r.env.Changes.Insert(r.schema, key, set); err != nil {
		r.err = reason(err)
		return nil, nil
	}
	return pane.Actions{pane.Close{}, pane.Staged{}}, nil
}

// fail says what is wrong with a field, and goes there.
func (r *Row) fail(i int, why string) {
	r.focus = i
	r.err = fmt.Sprintf("%s: %s", r.fields[i].column.Name, why)
	r.scroll()
}

// firstMissing returns the first element of the key that is not given.
func (r *Row) firstMissing() int {
	for i := range r.schema.Key {
		if r.fields[i].state == stateDefault {
			return i
		}
	}
	return 0
}

// Title implements [pane.Titled].
func (r *Row) Title() []style.Span {
	return []style.Span{style.Plain(fmt.Sprintf(" Insert into %s · field %d of %d ", r.schema.Name, r.focus+1, len(r.fields)))}
}

// Footer implements [pane.Titled].
func (r *Row) Footer() []style.Span { return nil }
