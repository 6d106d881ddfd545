package grid

import (
	"context"
	"runtime"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// million is a database with one table of a million orders that are made when
// they are read.
type million struct{}

const rowsInMillion = 1_000_000

func (million) Info() driver.Info { return driver.Info{Order: driver.Bytewise} }
func (million) Tables(context.Context) ([]driver.TableInfo, error) {
	return []driver.TableInfo{{Name: orders.Name, Kind: driver.Table}}, nil
}
func (million) Describe(context.Context, string) (*driver.Schema, error) { return orders, nil }
func (million) Classify(error) driver.Kind                               { return driver.Internal }
func (million) Close() error                                             { return nil }

func (million) Get(_ context.Context, _ *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	rows := make([]*driver.Row, len(keys))
	for i, k := range keys {
		r := order(find(k))
		rows[i] = &r
	}
	return rows, nil
}

// find returns the number of the first order that is not before a key.
func find(k tuple.Tuple) int {
	lo, hi := 0, rowsInMillion
	for lo < hi {
		mid := (lo + hi) / 2
		if millionKey(mid).Compare(k) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func millionKey(i int) tuple.Tuple {
	return tuple.Of(tuple.Text(number(i/10)), tuple.Int(int64(i%10+1)))
}

func number(i int) string {
	b := []byte("c000000")
	for at := len(b) - 1; i > 0; at, i = at-1, i/10 {
		b[at] = '0' + byte(i%10)
	}
	return string(b)
}

func (million) Scan(_ context.Context, _ *driver.Schema, q driver.Query) (driver.Page, error) {
	from, to := 0, rowsInMillion
	if b := q.Range.Lower; !b.Open() {
		from = find(b.Key)
		if b.Exclusive && from < rowsInMillion && millionKey(from).Equal(b.Key) {
			from++
		}
	}
	if b := q.Range.Upper; !b.Open() {
		to = find(b.Key)
		if !b.Exclusive {
			to++
		}
	}
	n := min(q.Limit, to-from)
	page := driver.Page{Rows: make([]driver.Row, n), More: to-from > n}
	for i := range page.Rows {
		at := from + i
		if q.Reverse {
			at = to - 1 - i
		}
		page.Rows[i] = order(at)
		page.Rows[i].Key = millionKey(at)
	}
	return page, nil
}

func newBenchGrid(b testing.TB, width, height int) *Model {
	env := &pane.Env{
		Tasks: task.NewRunner(context.Background()), Styles: style.New(themes.Default(true)),
		Store: store.New(million{}), Changes: store.NewChangeSet(), Now: time.Now,
	}
	b.Cleanup(env.Tasks.Close)
	g := New(env)
	g.SetSize(width, height)
	_, cmd := g.Open(orders.Name)
	settle(g, cmd)
	return g
}

// settle runs commands until there are none.
func settle(g *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			settle(g, c)
		}
	case task.Result:
		if g.env.Tasks.Finish(msg.Ticket()) {
			_, cmd := g.Update(msg)
			settle(g, cmd)
		}
	}
}

func press(g *Model, k tea.KeyPressMsg) {
	_, cmd := pane.Match(g.Commands(), k, false).Do("")
	settle(g, cmd)
}

var (
	down     = tea.KeyPressMsg{Code: 'j', Text: "j"}
	pageDown = tea.KeyPressMsg{Code: tea.KeyPgDown}
)

// BenchmarkKey is a key press and the finished picture of the pane.
func BenchmarkKey(b *testing.B) {
	for _, c := range []struct {
		name string
		key  tea.KeyPressMsg
	}{{"down", down}, {"right", tea.KeyPressMsg{Code: 'l', Text: "l"}}, {"page", pageDown}} {
		b.Run(c.name, func(b *testing.B) {
			g := newBenchGrid(b, 120, 36)
			b.ReportAllocs()
			for b.Loop() {
				press(g, c.key)
				if g.View() == "" {
					b.Fatal("nothing is drawn")
				}
			}
		})
	}
}

// BenchmarkUnchanged is a message that changes nothing in the pane, as most do.
func BenchmarkUnchanged(b *testing.B) {
	g := newBenchGrid(b, 120, 36)
	for b.Loop() {
		g.View()
	}
}

// TestMemoryDoesNotGrowWhilePaging pages through a part of a million rows that
// is far larger than what is kept, and compares what is in use.
func TestMemoryDoesNotGrowWhilePaging(t *testing.T) {
	if testing.Short() {
		t.Skip("pages through many rows")
	}
	g := newBenchGrid(t, 120, 36)
	inUse := func(pages int) uint64 {
		for range pages {
			press(g, pageDown)
			g.View()
		}
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := inUse(100)
	after := inUse(2000)
	const slack = 2 << 20
	if after > before+slack {
		t.Errorf("the heap grew from %d to %d bytes over 2000 pages", before, after)
	}
	if l, _ := g.current(); find(l.row.Key) < 2000*30 {
		t.Errorf("the cursor is only at %v", l.row.Key)
	}
}
