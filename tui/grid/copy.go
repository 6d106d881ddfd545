package grid

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/shell"
)

// copyCell puts the value of the cell on the clipboard: as a person reads it,
// without escapes.
func (m *Model) copyCell(string) (pane.Action, tea.Cmd) {
	if m.fault != nil {
		return pane.Copy{Text: m.fault.text(), What: "error"}, nil
	}
	l, _ := m.current()
	s, column := m.schema(), m.cursor.column
	if _, now, changed := l.value(s, column); changed || l.inserted() != 0 {
		return pane.Copy{Text: now.Plain(), What: "cell"}, nil
	}
	if _, cut := cutAt(l.row, s, column); !cut {
		return pane.Copy{Text: s.ValueAt(l.row, column).Plain(), What: "cell"}, nil
	}
	return m.withWhole(slotEdit, []*store.Row{l.row}, func(rows []*store.Row) pane.Action {
		return pane.Copy{Text: s.ValueAt(rows[0], column).Plain(), What: "cell"}
	})
}

// rowForm is a form in which a row can be copied.
type rowForm struct {
	key, name string
	text      func(m *Model, r *store.Row) string
}

// rowForms are the forms in which a row can be copied, by the key that chooses
// each in the menu.
var rowForms = []rowForm{
	{"t", "tuple", (*Model).rowTuple},
	{"j", "json", (*Model).rowJSON},
	{"c", "csv", (*Model).rowCSV},
	{"g", "get", (*Model).rowCommand},
	{"s", "scan", (*Model).viewCommand},
}

// copyRow copies the row, or the marked ones, in a form, or asks for one.
func (m *Model) copyRow(form string) (pane.Action, tea.Cmd) {
	if form == "" {
		m.prompt = &prompt{kind: promptCopy, rows: m.copyForms()}
		return nil, nil
	}
	for _, f := range m.copyForms() {
		if f.name == form || f.key == form {
			return m.copyAs(f.name, f.text)
		}
	}
	return pane.Notice{Text: "A row is copied as " + m.rowFormNames() + ", not as " + form + ".", Level: pane.Warning}, nil
}

func (m *Model) rowFormNames() string {
	var names []string
	for _, f := range m.copyForms() {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

// copyForms returns the forms in which a row of what is shown can be copied: no
// command prints those of a result.
func (m *Model) copyForms() []rowForm {
	if m.result() != nil {
		return rowForms[:3]
	}
	return rowForms
}

// copyAs copies the marked rows, or the row of the cursor, each on a line.
func (m *Model) copyAs(name string, text func(*Model, *store.Row) string) (pane.Action, tea.Cmd) {
	l, ok := m.current()
	switch {
	case m.marks.len() > 0:
		rows := m.marks.all()
		return m.withWhole(slotOf("copy", rows[0]), rows, func(rows []*store.Row) pane.Action {
			lines := make([]string, len(rows))
			for i, r := range rows {
				lines[i] = text(m, m.afterStaged(r))
			}
			return pane.Copy{Text: strings.Join(lines, "\n"), What: display.Count(int64(len(rows))) + " rows as " + name}
		})
	case !ok:
		return nil, nil
	case l.staged != nil && l.staged.Change.Op != store.Delete:
		return pane.Copy{Text: text(m, &l.staged.After), What: "row as " + name}, nil
	}
	return m.withWhole(slotEdit, []*store.Row{l.row}, func(rows []*store.Row) pane.Action {
		return pane.Copy{Text: text(m, rows[0]), What: "row as " + name}
	})
}

// afterStaged returns a row as it would be after what is staged for it.
func (m *Model) afterStaged(r *store.Row) *store.Row {
	st, ok := m.change(r)
	switch {
	case !ok || st.Change.Op != store.Update:
		return r
	case m.origin() != nil:
		return &overResult(m.origin(), m.schema(), r, st).After
	}
	return &st.After
}

// rowTuple returns the key and the columns as literals.
func (m *Model) rowTuple(r *store.Row) string {
	return tuple.Tuple(append(r.Key[:len(r.Key):len(r.Key)], r.Values...)).String()
}

// rowJSON returns the row as the command line prints it with --json.
func (m *Model) rowJSON(r *store.Row) string {
	b := append([]byte(`{"key":`), r.Key.AppendJSON(nil)...)
	b = append(b, `,"columns":{`...)
	for i, c := range m.schema().Columns {
		if i > 0 {
			b = append(b, ',')
		}
		name, _ := json.Marshal(c.Name)
		b = append(append(b, name...), ':')
		b = r.Values[i].AppendJSON(b)
	}
	return string(append(b, "}}"...))
}

// rowCSV returns the row as a line of CSV, NULL as an empty field.
func (m *Model) rowCSV(r *store.Row) string {
	var fields []string
	for _, v := range append(r.Key[:len(r.Key):len(r.Key)], r.Values...) {
		if v.IsNull() {
			fields = append(fields, "")
			continue
		}
		fields = append(fields, v.Plain())
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(fields) // a bytes.Buffer takes everything
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// rowCommand returns the command that prints the row.
func (m *Model) rowCommand(r *store.Row) string {
	return shell.Get(shell.Target{Name: m.env.Target, At: m.env.Kept}, m.name, r.Key)
}

// viewCommand returns the command that prints what the grid shows.
func (m *Model) viewCommand(*store.Row) string {
	return shell.Scan(shell.Target{Name: m.env.Target, At: m.env.Kept}, m.name, m.view.Options())
}
