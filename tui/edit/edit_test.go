package edit

import (
	"errors"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
)

// overlay is what the tests need of both overlays.
type overlay interface {
	pane.Pane
	pane.Titled
	pane.Sizer
	pane.Typer
	pane.Cursorer
}

var schema = &store.Schema{
	Name: "orders", Kind: driver.Table,
	Key: []store.Column{{Name: "customer", Type: "text", Kind: tuple.KindText}, {Name: "id", Type: "integer", Kind: tuple.KindInt}},
	Columns: []store.Column{
		{Name: "status", Type: "text", Kind: tuple.KindText, Default: "'open'"},
		{Name: "total", Type: "numeric", Kind: tuple.KindDecimal, Nullable: true},
		{Name: "note", Type: "text", Kind: tuple.KindText, Nullable: true},
		{Name: "doc", Type: "json", Kind: tuple.KindJSON, Nullable: true},
		{Name: "bin", Type: "blob", Kind: tuple.KindBytes, Nullable: true},
		{Name: "sum", Type: "numeric", Kind: tuple.KindDecimal, Generated: true},
		{Name: "any", Type: "", Kind: tuple.KindNull, Nullable: true},
		{Name: "must", Type: "integer", Kind: tuple.KindInt},
	},
}

func row() store.Row {
	total, err := tuple.Decimal("12.50")
	if err != nil {
		panic(err)
	}
	return store.Row{
		Key: tuple.Of(tuple.Text("anna"), tuple.Int(7)),
		Values: []tuple.Value{
			tuple.Text("open"), total, tuple.Null, tuple.JSON(`{"a": 1}`), tuple.BytesOf("\x00\xff"), total, tuple.Text("42"), tuple.Int(1),
		},
	}
}

// Indices of columns.
const (
	colID = 1 + iota
	colStatus
	colTotal
	colNote
	colDoc
	colBin
	colSum
	colAny
)

type world struct {
	*panetest.User
	t    *testing.T
	over overlay
}

func newEnv(t *testing.T) *pane.Env {
	t.Helper()
	return panetest.NewEnv(t, nil)
}

func open(t *testing.T, env *pane.Env, o overlay, width, height int) *world {
	t.Helper()
	return &world{panetest.Framed(t, env, o, width, height), t, o}
}

// staged reports whether the overlay closed and then said that it staged
// something.
func (w *world) staged() bool {
	return slices.Equal(w.Actions(), []pane.Action{pane.Close{}, pane.Staged{}})
}

func openCell(t *testing.T, column int) *world {
	t.Helper()
	env := newEnv(t)
	return open(t, env, NewCell(env, pane.EditCell{Schema: schema, Row: row(), Column: column}), 80, 24)
}

// value returns what is staged for a column of the only change.
func (w *world) value(column int) tuple.Value {
	w.t.Helper()
	all := w.Env.Changes.All()
	if len(all) != 1 {
		w.t.Fatalf("%d changes are staged:\n%s", len(all), w.Screen())
	}
	return schema.ValueAt(&all[0].After, column)
}

func TestCellScreens(t *testing.T) {
	openCell(t, colStatus).Golden("line")
	openCell(t, colDoc).Golden("area")
	openCell(t, colNote).Golden("null")
	openCell(t, colTotal).Type("x").Golden("wrong")
	env := newEnv(t)
	open(t, env, NewCell(env, pane.EditCell{Schema: schema, Row: row(), Column: colDoc}), 40, 12).Golden("narrow")
}

func TestEditIsStaged(t *testing.T) {
	for _, c := range []struct {
		column int
		keys   string
		want   tuple.Value
	}{
		{colStatus, "ctrl+u p a i d enter", tuple.Text("paid")},
		{colStatus, "ctrl+u enter", tuple.Text("")},
		{colID, "ctrl+u 9 enter", tuple.Int(9)},
		{colTotal, "ctrl+n enter", tuple.Null},
		{colTotal, "ctrl+n ctrl+s", tuple.Null},
		{colNote, "N U L L enter", tuple.Text("NULL")},
		{colNote, "ctrl+n enter", tuple.Text("")},
		{colBin, "ctrl+end 0 a ctrl+s", tuple.BytesOf("\x00\xff\x0a")},
		{colDoc, "ctrl+k [ enter 1 ] ctrl+s", tuple.JSON("[\n1]")},
		{colAny, "ctrl+u 4 3 enter", tuple.Int(43)},
		{colAny, "ctrl+u a enter", tuple.Text("a")},
	} {
		w := openCell(t, c.column)
		w.Press(strings.Fields(c.keys)...)
		if got := w.value(c.column); got != c.want || !w.staged() {
			t.Errorf("%s on %s stages %v, want %v", c.keys, schema.ColumnAt(c.column).Name, got, c.want)
		}
		if st := w.Env.Changes.All()[0]; st.Before.Key.Compare(row().Key) != 0 {
			t.Errorf("the change is of %v", st.Before.Key)
		}
	}
}

// TestWrongInputIsNotStaged: the error stands below the input, and nothing
// happens until it is mended.
func TestWrongInputIsNotStaged(t *testing.T) {
	for _, c := range []struct {
		column int
		text   string
		why    string
	}{
		{colID, "x", "is not an integer"}, {colTotal, "1.2.3", "is not a decimal number"},
		{colDoc, "}", "not valid JSON"}, {colBin, "zz", "is not bytes in hex"},
	} {
		w := openCell(t, c.column)
		w.Type(c.text).See("✗", c.why).Miss("tuple:")
		w.Press("enter", "ctrl+s")
		if w.Env.Changes.Len() != 0 || w.staged() {
			t.Errorf("%q was staged", c.text)
		}
	}
	w := openCell(t, colStatus)
	w.Press("ctrl+n").See("open")
	if n := w.Actions()[0].(pane.Notice); n.Text != "Blocked: the column cannot hold NULL." {
		t.Errorf("NULL in a column without: %+v", n)
	}
}

func TestEscStagesNothing(t *testing.T) {
	w := openCell(t, colStatus)
	w.Type("x").Press("esc")
	if did := w.Actions(); w.Env.Changes.Len() != 0 || !slices.Equal(did, []pane.Action{pane.Close{}}) {
		t.Errorf("esc did %v", did)
	}
}

// TestUnchangedStagesNothing: opening a cell and accepting it changes nothing,
// whatever it holds.
func TestUnchangedStagesNothing(t *testing.T) {
	for _, v := range []tuple.Value{
		tuple.Text("42"), tuple.Int(42), tuple.Text("null"), tuple.Null, tuple.Text("\x1b[31m\xff\x00"), tuple.Text("a\nb"),
		tuple.BytesOf("\x01"), tuple.Float(1), tuple.Text(`"q"`), tuple.Text(""), tuple.Bool(true),
	} {
		for _, column := range []int{colAny, colTotal, colNote, colDoc, colBin} {
			env := newEnv(t)
			r := row()
			r.Values[column-2] = v
			w := open(t, env, NewCell(env, pane.EditCell{Schema: schema, Row: r, Column: column}), 80, 24)
			w.Press("ctrl+s")
			if env.Changes.Len() != 0 || !w.staged() {
				t.Errorf("%v in %s became %v", v, schema.ColumnAt(column).Name, env.Changes.All())
			}
		}
	}
}

func TestPastedBytesAreKeptAndShownSafely(t *testing.T) {
	const bad = "a\x1b]0;title\a\x00\xffb"
	w := openCell(t, colNote)
	w.Paste(bad).See("␛]0;title␇␀\\xff").Press("enter")
	if got := w.value(colNote); got != tuple.Text(bad) {
		t.Errorf("pasted %q, staged %q", bad, got.AsText())
	}
}

func TestStagedValueIsTheBeginning(t *testing.T) {
	env := newEnv(t)
	if err := env.Changes.Edit(schema, row(), colStatus, tuple.Text("paid")); err != nil {
		t.Fatal(err)
	}
	w := open(t, env, NewCell(env, pane.EditCell{Schema: schema, Row: row(), Column: colStatus}), 80, 24)
	w.See("was open", "paid", "staged")
	w.Press("ctrl+r").Miss("paid").Press("enter")
	if env.Changes.Len() != 0 {
		t.Error("putting the old value back does not un-stage it")
	}
}

func TestStagedInsertIsEdited(t *testing.T) {
	env := newEnv(t)
	id, err := env.Changes.Insert(schema, row().Key, []store.Assignment{{Column: 7, Value: tuple.Int(1)}})
	if err != nil {
		t.Fatal(err)
	}
	st, _ := env.Changes.Get(id)
	w := open(t, env, NewCell(env, pane.EditCell{Schema: schema, Row: st.After, Column: colStatus, Inserted: id}), 80, 24)
	w.See("new row").Type("mine").Press("enter")
	if got := w.value(colStatus); got != tuple.Text("mine") || env.Changes.All()[0].Change.Op != store.Insert {
		t.Errorf("the insert has %v", got)
	}
}

// TestExternalEditor: the text goes through a private file that is removed.
func TestExternalEditor(t *testing.T) {
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", "vi -x")
	var file string
	edit := func(text string, fail error) func(tea.ExecCommand) error {
		return func(cmd tea.ExecCommand) error {
			args := commandOf(t, cmd).Args
			file = args[len(args)-1]
			info, err := os.Stat(file)
			if err != nil || info.Mode().Perm() != 0o600 || args[1] != "-x" {
				t.Errorf("%v: %v, %v", args, info, err)
			}
			if got, _ := os.ReadFile(file); string(got) != "open" {
				t.Errorf("the editor gets %q", got)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Error(err)
			}
			return fail
		}
	}
	w := openCell(t, colStatus)
	w.Editor(edit("two\nlines\n", nil)).Press("ctrl+o").See("two", "lines").Press("ctrl+s")
	if got := w.value(colStatus); got != tuple.Text("two\nlines") {
		t.Errorf("staged %v", got)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}

	w = openCell(t, colStatus)
	w.Editor(edit("lost", errors.New("exit status 1"))).Press("ctrl+o").See("open").Miss("lost")
	did := w.Actions()
	if r, ok := did[0].(pane.Report); !ok || !strings.Contains(r.Err.Error(), "exit status 1") {
		t.Errorf("the failure is not reported: %v", did)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}

	env := newEnv(t)
	t.Setenv("EDITOR", "")
	w = open(t, env, NewCell(env, pane.EditCell{Schema: schema, Row: row(), Column: colStatus, External: true}), 80, 24)
	did = w.Actions()
	if n, ok := did[len(did)-1].(pane.Notice); !ok || !strings.Contains(n.Text, "EDITOR") {
		t.Errorf("without an editor: %v", did)
	}
}

// commandOf returns the command that Bubble Tea has wrapped.
func commandOf(t *testing.T, c tea.ExecCommand) *exec.Cmd {
	t.Helper()
	cmd, ok := reflect.ValueOf(c).Elem().FieldByName("Cmd").Interface().(*exec.Cmd)
	if !ok {
		t.Fatalf("%T has no command", c)
	}
	return cmd
}

func TestRowScreens(t *testing.T) {
	env := newEnv(t)
	w := open(t, env, NewRow(env, pane.InsertRow{Schema: schema}), 100, 20)
	w.Golden("new")
	w.Type("berta").Press("tab").Type("x").Press("tab", "tab", "ctrl+n", "tab").Press("a", "backspace", "tab").Golden("filled")
	w.Resize(40, 10).Golden("narrow")
}

func TestRowIsStaged(t *testing.T) {
	env := newEnv(t)
	w := open(t, env, NewRow(env, pane.InsertRow{Schema: schema}), 100, 20)
	w.Press("enter").See("✗ customer: a value is needed")
	w.Type("berta").Press("down").Type("x").Press("enter").See("✗ id: \"x\" is not an integer")
	w.Press("backspace").Type("8").Press("enter").See("✗ must: a value is needed")
	w.Type("3").Press("tab", "up", "up")
	w.Press("enter")
	all := env.Changes.All()
	if len(all) != 1 || !w.staged() {
		t.Fatalf("staged %v:\n%s", all, w.Screen())
	}
	c := all[0].Change
	if c.Key.String() != `("berta",8)` || len(c.Set) != 1 || c.Set[0] != (store.Assignment{Column: 7, Value: tuple.Int(3)}) {
		t.Errorf("staged %+v", c)
	}
}

// TestFieldStates: what is left to the database, NULL, the empty text and a
// text are four things.
func TestFieldStates(t *testing.T) {
	env := newEnv(t)
	w := open(t, env, NewRow(env, pane.InsertRow{Schema: schema, Key: row().Key, Values: row().Values}), 100, 20)
	w.Press("tab", "tab", "ctrl+r", "tab", "ctrl+n", "tab", "a", "backspace", "tab").See("default", "∅ null", "''")
	w.Press("ctrl+s")
	set := map[int]tuple.Value{}
	for _, a := range env.Changes.All()[0].Change.Set {
		set[a.Column] = a.Value
	}
	if _, ok := set[0]; ok || set[1] != tuple.Null || set[2] != tuple.Text("") || set[3] != row().Values[3] || set[6] != tuple.Text("42") {
		t.Errorf("staged %v", set)
	}
	if _, ok := set[5]; ok {
		t.Error("a generated column is set")
	}
}

func TestAutomaticKey(t *testing.T) {
	s := *schema
	s.Key, s.AutoKey = []store.Column{{Name: "rowid", Type: "integer", Kind: tuple.KindInt}}, true
	env := newEnv(t)
	w := open(t, env, NewRow(env, pane.InsertRow{Schema: &s, Key: tuple.Of(tuple.Int(5)), Values: row().Values}), 100, 20)
	w.See("automatic").Press("enter")
	if all := env.Changes.All(); len(all) != 1 || all[0].Change.Key != nil {
		t.Errorf("staged %+v", all)
	}
}

func TestDuplicateKeyIsTold(t *testing.T) {
	env := newEnv(t)
	if _, err := env.Changes.Insert(schema, row().Key, []store.Assignment{{Column: 7, Value: tuple.Int(1)}}); err != nil {
		t.Fatal(err)
	}
	w := open(t, env, NewRow(env, pane.InsertRow{Schema: schema, Key: row().Key, Values: row().Values}), 100, 20)
	w.Press("enter").See("✗", "another staged row has the key")
	if env.Changes.Len() != 1 {
		t.Error("it was staged twice")
	}
}

func TestAnySize(t *testing.T) {
	for _, make := range []func(*pane.Env) overlay{
		func(e *pane.Env) overlay {
			return NewCell(e, pane.EditCell{Schema: schema, Row: row(), Column: colDoc})
		},
		func(e *pane.Env) overlay {
			return NewCell(e, pane.EditCell{Schema: schema, Row: row(), Column: colNote})
		},
		func(e *pane.Env) overlay { return NewRow(e, pane.InsertRow{Schema: schema}) },
	} {
		env := newEnv(t)
		w := open(t, env, make(env), 80, 24)
		w.Type("日本\\").Press("down", "down")
		for width := range 9 {
			for height := range 9 {
				w.Resize(width, height).Screen()
				iw, ih := w.over.Size(max(width-2, 0), max(height-2, 0))
				if c := w.over.Cursor(); c != nil && (c.X < 0 || c.Y < 0 || c.X >= max(iw, 1) || c.Y >= max(ih, 1)) {
					t.Fatalf("on %dx%d the cursor is at %d,%d", iw, ih, c.X, c.Y)
				}
			}
		}
		w.Resize(500, 200).Screen()
	}
}
