package grid

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
	"github.com/rowan-db/rowan/tui/tuitest"
)

// screen is a program with nothing but the grid: it does what the root of the
// real one does, and remembers what the grid asked for.
type screen struct {
	env     *pane.Env
	grid    *Model
	width   int
	height  int
	actions []pane.Action
	now     time.Time
}

func (s *screen) Init() tea.Cmd { return nil }

func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
		s.grid.SetSize(msg.Width-2, msg.Height-2)
		return s, s.do(s.grid.Update(msg))
	case callMsg:
		return s, s.do(msg.f(s.grid))
	case task.Result:
		if !s.env.Tasks.Finish(msg.Ticket()) {
			return s, nil
		}
	case tea.KeyPressMsg:
		if c := pane.Match(s.grid.Commands(), msg, s.grid.Typing()); c != nil {
			return s, s.do(c.Do(""))
		}
		if msg.String() == "R" && !s.grid.Typing() {
			return s, s.do(s.grid.Refresh())
		}
	}
	return s, s.do(s.grid.Update(msg))
}

// do carries out an action as far as it concerns the grid.
func (s *screen) do(act pane.Action, cmd tea.Cmd) tea.Cmd {
	if act == nil {
		return cmd
	}
	s.actions = append(s.actions, act)
	if all, ok := act.(pane.Actions); ok {
		s.actions = s.actions[:len(s.actions)-1]
		for _, a := range all {
			cmd = tea.Batch(cmd, s.do(a, nil))
		}
		return cmd
	}
	switch act := act.(type) {
	case pane.OpenTable:
		return tea.Batch(cmd, s.do(s.grid.Open(act.Name)))
	case pane.OpenView:
		return tea.Batch(cmd, s.do(s.grid.OpenView(act.Options)))
	case pane.GoTo:
		return tea.Batch(cmd, s.do(s.grid.GoTo(act.Table, act.Key)))
	case pane.Reload:
		return tea.Batch(cmd, s.do(s.grid.Refresh()))
	case pane.Staged:
		return tea.Batch(cmd, s.do(s.grid.Staged()))
	case pane.Committed:
		return tea.Batch(cmd, s.do(s.grid.Committed(act.Result)))
	}
	return cmd
}

func (s *screen) View() tea.View {
	f := style.Frame{
		Width: s.width, Height: s.height, Focused: true,
		Title: s.grid.Title(), Note: s.grid.Note(), Footer: s.grid.Footer(),
		Body: strings.Split(s.grid.View(), "\n"),
	}
	return tea.NewView(s.env.Styles.Panel.Draw(f))
}

// last returns the newest action of a type.
func last[A pane.Action](t interface{ Fatalf(string, ...any) }, s *screen) A {
	for i := len(s.actions) - 1; i >= 0; i-- {
		if a, ok := s.actions[i].(A); ok {
			return a
		}
	}
	var none A
	t.Fatalf("no action of type %T; there are %v", none, s.actions)
	return none
}

// world is a database, and a user before a grid on it.
type world struct {
	*tuitest.User
	t      *testing.T
	screen *screen
	db     driver.DB
	store  *store.Store
}

func newWorld(t *testing.T, db driver.DB, width, height int) *world {
	t.Helper()
	st := store.New(db)
	s := &screen{now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return s.now }
	s.env = &pane.Env{
		Tasks: task.NewRunner(context.Background(), task.WithClock(clock)), Styles: style.New(themes.Default(true)),
		Store: st, Changes: store.NewChangeSet(), Target: "demo.rowan", Now: clock,
	}
	if w, err := st.Writer(); err == nil {
		s.env.Writer = w
	}
	s.grid = New(s.env)
	w := &world{User: tuitest.New(t, s, width, height), t: t, screen: s, db: db, store: st}
	t.Cleanup(func() {
		s.env.Tasks.Close()
		if err := st.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return w
}

// do makes the grid do something that the program's root asks for.
func (w *world) do(f func(*Model) (pane.Action, tea.Cmd)) *world {
	w.t.Helper()
	w.Send(callMsg{f})
	return w
}

type callMsg struct {
	f func(*Model) (pane.Action, tea.Cmd)
}

func (w *world) open(table string) *world {
	return w.do(func(m *Model) (pane.Action, tea.Cmd) { return m.Open(table) })
}

// run runs a command by its name.
func (w *world) run(name, arg string) *world {
	w.t.Helper()
	return w.do(func(m *Model) (pane.Action, tea.Cmd) {
		for _, c := range m.commands {
			if c.Name == name {
				return c.Do(arg)
			}
		}
		w.t.Fatalf("there is no command %q", name)
		return nil, nil
	})
}

// orders is a table with a key of two elements.
var orders = &store.Schema{
	Name: "orders", Kind: driver.Table,
	Key: []store.Column{{Name: "customer", Type: "text", Kind: tuple.KindText}, {Name: "id", Type: "integer", Kind: tuple.KindInt}},
	Columns: []store.Column{
		{Name: "status", Type: "text", Kind: tuple.KindText, Nullable: true},
		{Name: "total", Type: "numeric", Kind: tuple.KindDecimal, Nullable: true},
		{Name: "note", Type: "text", Kind: tuple.KindText, Nullable: true},
		{Name: "size", Type: "integer", Kind: tuple.KindInt, Generated: false, Nullable: true},
	},
}

// newOrders returns a database with n orders.
func newOrders(t testing.TB, n int) *mem.DB {
	t.Helper()
	db := mem.New()
	st := store.New(db)
	w, err := st.Writer()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if err := w.CreateTable(ctx, orders); err != nil {
		t.Fatal(err)
	}
	table, err := st.Table(ctx, "orders")
	if err != nil {
		t.Fatal(err)
	}
	err = w.Load(ctx, table, func(yield func(store.Row, error) bool) {
		for i := range n {
			if !yield(order(i), nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// order returns the i-th order by key.
func order(i int) store.Row {
	statuses := []string{"open", "paid", "void"}
	total, err := tuple.Decimal(fmt.Sprintf("%d.%02d", i%1000, i%100))
	if err != nil {
		panic(err)
	}
	note := tuple.Null
	switch i % 4 {
	case 1:
		note = tuple.Text("")
	case 2:
		note = tuple.Text("hi\nthere")
	case 3:
		note = tuple.Text(fmt.Sprintf("note %d", i))
	}
	return store.Row{
		Key:    tuple.Of(tuple.Text(fmt.Sprintf("c%05d", i/10)), tuple.Int(int64(i%10+1))),
		Values: []tuple.Value{tuple.Text(statuses[i%3]), total, note, tuple.Int(int64(i * 7))},
	}
}

// memDB is the database of most tests.
type memDB = mem.DB

func (b *broken) Scan(ctx context.Context, s *store.Schema, q store.Query) (store.Page, error) {
	if b.err != nil {
		return store.Page{}, b.err
	}
	return b.memDB.Scan(ctx, s, q)
}

func (d *described) Describe(ctx context.Context, table string) (*store.Schema, error) {
	s, err := d.memDB.Describe(ctx, table)
	if err == nil {
		d.change(s)
	}
	return s, err
}
