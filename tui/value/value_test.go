package value

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
	"github.com/rowan-db/rowan/tui/task"
)

var schema = &store.Schema{
	Name: "things", Kind: driver.Table,
	Key: []store.Column{{Name: "id", Kind: tuple.KindInt}},
	Columns: []store.Column{
		{Name: "v", Kind: tuple.KindNull, Nullable: true}, {Name: "a long name of a column", Kind: tuple.KindText, Nullable: true},
		{Name: "n", Kind: tuple.KindInt, Nullable: true},
	},
}

type world struct {
	*panetest.User
	t     *testing.T
	db    *mem.DB
	panel *Model
}

// newWorld returns a user before a panel on a table whose rows have the given
// values, by number.
func newWorld(t *testing.T, width, height int, values ...tuple.Value) *world {
	t.Helper()
	db := mem.New()
	if err := db.CreateTable(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		change := store.Change{Op: store.Insert, Table: schema.Name, Key: tuple.Of(tuple.Int(int64(i))), Set: []store.Assignment{
			{Column: 0, Value: v}, {Column: 1, Value: tuple.Text("")}, {Column: 2, Value: tuple.Int(42)},
		}}
		if _, err := db.Apply(t.Context(), []store.Change{change}); err != nil {
			t.Fatal(err)
		}
	}
	w := worldOn(t, db, width, height)
	w.db = db
	return w
}

// worldOn returns a user before a panel that does not have the focus.
func worldOn(t *testing.T, db driver.DB, width, height int) *world {
	t.Helper()
	env := panetest.NewEnv(t, store.New(db))
	m := New(env)
	w := &world{User: panetest.Framed(t, env, m, width, height), t: t, panel: m}
	m.SetFocus(false)
	return w
}

// did returns what the panel has asked for last.
func (w *world) did() pane.Action {
	w.t.Helper()
	all := w.Actions()
	if len(all) == 0 {
		w.t.Fatal("the panel has asked for nothing")
	}
	return all[len(all)-1]
}

// row reads a row as the grid does: with values cut.
func (w *world) row(i int) *store.Row {
	w.t.Helper()
	table, err := w.Env.Store.Table(w.t.Context(), schema.Name)
	if err != nil {
		w.t.Fatal(err)
	}
	page, err := table.Scan(w.t.Context(), store.Query{Range: tuple.Prefix(tuple.Of(tuple.Int(int64(i)))), Limit: 1, MaxValue: 1024})
	if err != nil || len(page.Rows) != 1 {
		w.t.Fatalf("row %d: %v", i, err)
	}
	return &page.Rows[0]
}

// show selects the value of row i.
func (w *world) show(i int) *world {
	return w.selectCell(pane.Selected{Schema: schema, Row: w.row(i), Column: 1})
}

func (w *world) selectCell(sel pane.Selected) *world {
	w.Send(panetest.Did(w.panel.Show(sel)))
	return w
}

// focus gives the panel the focus, as the program does.
func (w *world) focus() *world {
	w.panel.SetFocus(true)
	w.Send(panetest.Did(w.panel.Focused()))
	return w
}

func TestScreens(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {40, 12}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			w := newWorld(t, size.w, size.h,
				tuple.Text(`{"total": 9.90, "lines": [1, {"sku": "a\u0000b", "ok": true}, null], "empty": {}, "e": []}`),
				tuple.Text("a text\nof three lines, of which this one is long enough to be broken at the edge of the panel\n\x1b[31mred"),
				tuple.BytesOf("\x00\x01\x02binary\xff and more of it, enough for some lines"),
			)
			w.Golden("nothing")
			for i, name := range []string{"json", "text", "hex"} {
				w.show(i).Golden(name)
			}
			w.Press("r").Golden("row")
		})
	}
}

// TestOneLineIsShownOnce: a value that takes one line leaves the others blank.
func TestOneLineIsShownOnce(t *testing.T) {
	for _, v := range []tuple.Value{tuple.Int(424242), tuple.Date(20_000), tuple.Bool(true), tuple.Null} {
		w := newWorld(t, 40, 12, v)
		text, _ := oneLine(v)
		body := strings.SplitN(w.show(0).Screen(), "\n", 3)[2]
		if n := strings.Count(body, text); n != 1 {
			t.Errorf("%v is shown %d times:\n%s", v, n, w.Screen())
		}
	}
}

func TestLongKeyLeavesRoomForTheRest(t *testing.T) {
	w := newWorld(t, 40, 8)
	row := &store.Row{Key: tuple.Of(tuple.Text(strings.Repeat("long ", 50))), Values: []tuple.Value{tuple.Text("x"), tuple.Null, tuple.Null}}
	w.selectCell(pane.Selected{Schema: schema, Row: row, Column: 1}).See("long …", "v · 1 B · text")
}

// TestNothingsAreToldApart: NULL, the empty text, and texts that look like them.
func TestNothingsAreToldApart(t *testing.T) {
	values := []tuple.Value{tuple.Null, tuple.Text(""), tuple.Text("NULL"), tuple.Text("''"), tuple.Text("∅ null"), tuple.BytesOf("")}
	w := newWorld(t, 40, 8, values...)
	seen := map[string]int{}
	for i := range values {
		w.show(i)
		lines := strings.SplitN(w.Styled(), "\n", 3)
		body := strings.ReplaceAll(lines[2], fmt.Sprintf("(%d)", i), "")
		head := strings.ReplaceAll(lines[1], fmt.Sprintf("(%d)", i), "")
		if j, ok := seen[head+body]; ok {
			t.Errorf("%v looks like %v:\n%s", values[i], values[j], w.Screen())
		}
		seen[head+body] = i
	}
}

func TestViewsCycleAndGoBackToAuto(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text(`{"a":1}`))
	w.show(0).See(" json ", `"a": 1`)
	w.Press("v").See(" hex ", "7b 22 61 22")
	w.Press("v").See(" row ", "a long name of a column = ''", "n                       = 42", "▸ v")
	w.Press("v").See(" text ", `{"a":1}`)
	w.Press("x").See(" hex ").Press("x").See(" json ")
}

func TestChosenViewStaysWithItsColumn(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text("a"), tuple.Text("b"))
	w.show(0).Press("x").See("61")
	w.show(1).See("62", " hex ")
	w.selectCell(pane.Selected{Schema: schema, Row: w.row(1), Column: 3}).Miss(" hex ").See("42")
	w.Press("r")
	w.show(0).See(" row ")
}

func TestInvalidJSONSaysWhere(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text("{\"a\": 1,\n \"b\": oops}"))
	w.show(0).See("not valid JSON at line 2, byte 7", "oops")
}

// TestLargeValueIsReadInParts: first what the grid has, then 64 KB, then all.
func TestLargeValueIsReadInParts(t *testing.T) {
	text := strings.Repeat("0123456789abcde\n", 1<<16) // 1 MB
	w := newWorld(t, 80, 24, tuple.Text(text))
	w.show(0).See("the first 1 KB of 1 MB · L loads all", "1 MB")
	w.focus().See("the first 64 KB of 1 MB")
	w.Press("y")
	if n, ok := w.did().(pane.Notice); !ok || !strings.Contains(n.Text, "L loads the rest") {
		t.Errorf("a part can be copied: %+v", n)
	}
	w.Press("L").Miss("the first").See("1 MB")
	w.Press("G").See("line 65,518 of 65,537").Press("g").See("line 1 of")
	w.Press("y")
	if c, ok := w.did().(pane.Copy); !ok || c.Text != text {
		t.Error("the whole value is not copied")
	}
	w.Press("x").Press("G").See("000fff")
}

func TestStaleReadsAreDropped(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text(strings.Repeat("first ", 10_000)), tuple.Text(strings.Repeat("second ", 10_000)))
	w.panel.SetFocus(true)
	_, cmd := w.panel.Show(pane.Selected{Schema: schema, Row: w.row(0), Column: 1})
	w.show(1).See("second second")
	w.Send(panetest.Did(nil, cmd))
	w.See("(1)", "second second").Miss("first first")
}

func TestReadCanBeCanceled(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text(strings.Repeat("x", 100_000)))
	w.show(0).focus()
	h := w.Hold("L")
	w.Env.Now = func() time.Time { return panetest.Start.Add(time.Second) }
	w.Send(task.Tick{}).See("reading… 1.0s  esc cancels")
	w.Press("esc").Run(h).See("the first 64 KB of 98 KB").Miss("reading")
	w.Press("esc")
	if did := w.did(); did != (pane.Focus{ID: "grid"}) {
		t.Errorf("esc does not go back: %+v", did)
	}
}

func TestRowThatHasGone(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text(strings.Repeat("x", 100_000)))
	w.show(0)
	if _, err := w.db.Apply(t.Context(), []store.Change{{Op: store.Remove, Table: schema.Name, Key: tuple.Of(tuple.Int(0))}}); err != nil {
		t.Fatal(err)
	}
	w.focus().See("The row has been deleted by others", "xxx")
}

// broken is a database that cannot be read.
type broken struct{ *mem.DB }

func (broken) Describe(context.Context, string) (*store.Schema, error) {
	return nil, errors.New("no \x1b]0;route")
}

func TestFailureIsShownSafely(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text(strings.Repeat("x", 100_000)))
	row := w.row(0)
	w = worldOn(t, broken{w.db}, 80, 24)
	w.selectCell(pane.Selected{Schema: schema, Row: row, Column: 1}).focus().See("no ␛]0;route", "xxx")
	w.Press("esc").Miss("route")
}

func TestStagedValueIsShown(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text("before"))
	cs := w.Env.Changes
	if err := cs.Edit(schema, *w.row(0), 1, tuple.Text("after")); err != nil {
		t.Fatal(err)
	}
	st, _ := cs.Find(schema.Name, tuple.Of(tuple.Int(0)))
	w.selectCell(pane.Selected{Schema: schema, Row: w.row(0), Column: 1, Staged: &st}).See("~ staged; was before", "after")
	w.selectCell(pane.Selected{Schema: schema, Row: w.row(0), Column: 3, Staged: &st}).Miss("staged").See("42")
	w.Press("r").See("= after")
}

func TestAnySize(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text(`{"a": ["日本語 👨‍👩‍👧 \u202e", 1]}`), tuple.BytesOf(strings.Repeat("\x00", 100)))
	for i := range 2 {
		w.show(i)
		for _, view := range []string{"t", "J", "x", "r"} {
			w.Press(view)
			for width := range 9 {
				for height := range 9 {
					w.Resize(width, height).Screen()
				}
			}
			w.Resize(500, 200).Screen()
		}
	}
}

// BenchmarkMegabyte is the first picture of a JSON value of a megabyte.
func BenchmarkMegabyte(b *testing.B) {
	row := &store.Row{Key: tuple.Of(tuple.Int(1)), Values: []tuple.Value{
		tuple.JSON("[" + strings.Repeat(`{"name": "value", "n": 12345},`, 35_000) + "0]"), tuple.Null, tuple.Null,
	}}
	env := panetest.NewEnv(b, nil)
	for b.Loop() {
		m := New(env)
		m.SetSize(60, 34)
		m.Show(pane.Selected{Schema: schema, Row: row, Column: 1})
		if !strings.Contains(m.View(), "12345") {
			b.Fatal("nothing is drawn")
		}
	}
}

func TestReadOnlyValueIsNotOfferedForEditing(t *testing.T) {
	w := newWorld(t, 80, 24, tuple.Text("x"))
	w.show(0).Press("e")
	if did := w.did(); did != (pane.Run{Name: "edit-cell"}) {
		t.Errorf("e asks for %+v", did)
	}
	w.Env.Writer, w.Env.ReadOnly = nil, "it was opened read-only"
	w.Press("e")
	if did := w.did(); did != pane.Refusal("it was opened read-only") {
		t.Errorf("e asks for %+v", did)
	}
}
