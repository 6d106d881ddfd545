package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// speaking is a database with a console that answers any statement with what
// answer says.
type speaking struct {
	*mem.DB
	answer func(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error)
}

func (*speaking) Language() driver.Language { return driver.Language{Name: "SQL", Explain: "EXPLAIN "} }

func (s *speaking) Console(context.Context) (driver.Console, error) { return session{s}, nil }

type session struct{ of *speaking }

func (s session) Run(ctx context.Context, statement string, sink driver.Sink) (driver.Outcome, error) {
	return s.of.answer(ctx, statement, sink)
}

func (session) Close() error { return nil }

// openConsole opens a console whose statements return rows of named columns.
func openConsole(t *testing.T, db *speaking) (*store.Store, *store.Console) {
	t.Helper()
	s := store.New(db)
	c, err := s.Console(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// rowsOf returns an answer of n rows, whose values are made from their numbers.
func rowsOf(n int, names string, value func(row, column int) tuple.Value) func(context.Context, string, driver.Sink) (driver.Outcome, error) {
	return func(_ context.Context, _ string, sink driver.Sink) (driver.Outcome, error) {
		var columns []driver.ResultColumn
		for _, name := range strings.Fields(names) {
			columns = append(columns, driver.ResultColumn{Column: driver.Column{Name: name}})
		}
		if err := sink.Columns(columns); err != nil {
			return driver.Outcome{Affected: -1}, err
		}
		values := make([]tuple.Value, len(columns))
		for i := range n {
			for c := range values {
				values[c] = value(i, c)
			}
			if err := sink.Row(values); err != nil {
				return driver.Outcome{Affected: -1}, err
			}
		}
		return driver.Outcome{Affected: -1, Tag: "done"}, nil
	}
}

func rowNumber(row, _ int) tuple.Value { return tuple.Int(int64(row)) }

func TestResultIsATable(t *testing.T) {
	_, c := openConsole(t, &speaking{DB: mem.New(), answer: rowsOf(100, "a b", rowNumber)})
	e, err := c.Run(t.Context(), "SELECT a, b FROM t")
	if err != nil || len(e.Results) != 1 || e.Tag != "done" {
		t.Fatalf("%+v, %v", e, err)
	}
	r := e.Results[0]
	if r.Len != 100 || r.More || r.Origin() != nil || r.Table.Schema().ReadOnly == "" {
		t.Errorf("result: %+v", r)
	}
	f, err := store.ParseFilter(r.Table.Schema(), "a>=10 a<20")
	if err != nil {
		t.Fatal(err)
	}
	v := r.Table.View(store.ViewOptions{Filter: f, Sort: store.Sort{Column: "b", Descending: true}})
	w, err := v.Read(t.Context(), store.Anchor{}, 3)
	if err != nil || len(w.Rows) != 3 || !w.After || w.Rows[0].Values[0] != tuple.Int(19) {
		t.Errorf("%+v, %v", w, err)
	}
	for _, in := range []tuple.Range{
		{}, {}, {Lower: tuple.Bound{Key: number(5)}}, {Lower: tuple.Bound{Key: number(5), Exclusive: true}, Upper: tuple.Bound{Key: number(7)}},
		{Upper: tuple.Bound{Key: number(3), Exclusive: true}}, {Lower: tuple.Bound{Key: number(200)}},
	} {
		var want []string
		for n := range int64(100) {
			if in.Contains(number(n + 1)) {
				want = append(want, fmt.Sprint(n+1))
			}
		}
		for _, reverse := range []bool{false, true} {
			var got []string
			for row, err := range r.Table.Rows(t.Context(), store.Query{Range: in, Reverse: reverse}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprint(row.Key[0].AsInt()))
			}
			if len(got) != len(want) || len(got) > 0 && (!reverse && got[0] != want[0] || reverse && got[0] != want[len(want)-1]) {
				t.Errorf("%+v, reverse %t: %v, want %v", in, reverse, got, want)
			}
		}
		if n, err := r.Table.Count(t.Context(), in, nil); err != nil || int(n) != len(want) {
			t.Errorf("count of %+v: %d, %v", in, n, err)
		}
	}
}

// TestResultIsBounded: a query is ended when there is no room for more; what may
// write runs to its end.
func TestResultIsBounded(t *testing.T) {
	const all = 250_000
	var given int
	db := &speaking{DB: mem.New(), answer: rowsOf(all, "a", func(row, _ int) tuple.Value { given = row + 1; return tuple.Int(int64(row)) })}
	_, c := openConsole(t, db)
	for statement, stops := range map[string]bool{
		"SELECT a FROM t": true, "/* x */ values (1)": true,
		"INSERT INTO t VALUES (1) RETURNING a": false, "WITH x AS (SELECT 1) DELETE FROM t RETURNING a": false,
	} {
		e, err := c.Run(t.Context(), statement)
		if err != nil {
			t.Fatal(err)
		}
		if r := e.Results[0]; r.Len >= all || r.Len == 0 || !r.More || stops != (given < all) {
			t.Errorf("%s: kept %d of %d, more %t", statement, r.Len, given, r.More)
		}
	}
	big := strings.Repeat("x", 1<<20)
	db.answer = rowsOf(1000, "a", func(int, int) tuple.Value { return tuple.Text(big) })
	if e, err := c.Run(t.Context(), "SELECT a FROM t"); err != nil || e.Results[0].Len > 64 || !e.Results[0].More {
		t.Errorf("large rows: %+v, %v", e, err)
	}
}

func TestOriginOfAResult(t *testing.T) {
	db := &speaking{DB: mem.New()}
	s, c := openConsole(t, db)
	table := numbers(t, s, 3)
	rows := allRows(t, table)
	db.answer = rowsOf(3, "text n", func(row, column int) tuple.Value {
		return []tuple.Value{rows[row].Values[0], rows[row].Key[0]}[column]
	})
	origin := func(statement string) *store.Origin {
		t.Helper()
		e, err := c.Run(t.Context(), statement)
		if err != nil {
			t.Fatal(err)
		}
		return e.Results[0].Origin()
	}
	for _, statement := range []string{"SELECT text, n FROM numbers, u", "SELECT text, 1 FROM numbers", "SELECT n, text AS n FROM u", "SELECT text, n FROM missing"} {
		if o := origin(statement); o != nil {
			t.Errorf("%s has the origin %+v", statement, o)
		}
	}
	o := origin("SELECT text, n FROM numbers")
	if o == nil {
		t.Fatal("no origin")
	}
	if at, ok := o.Column(1); !ok || at != 1 {
		t.Errorf("the text is column %d, %t", at, ok)
	}
	if _, ok := o.Column(0); ok {
		t.Error("the number of the row is a column")
	}
	e, err := c.Run(t.Context(), "SELECT text, n FROM numbers")
	if err != nil {
		t.Fatal(err)
	}
	page, err := e.Results[0].Table.Scan(t.Context(), store.Query{Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	row, err := o.Row(t.Context(), &page.Rows[1])
	if err != nil || !row.Key.Equal(number(1)) || row.Values[0] != rows[1].Values[0] {
		t.Errorf("row: %+v, %v", row, err)
	}
	put(t, s, 1, tuple.Text("changed"))
	if _, err := o.Row(t.Context(), &page.Rows[1]); store.KindOf(err) != store.Conflicting {
		t.Errorf("a row that has changed since: %v", err)
	}
	if _, err := writer(t, s).Apply(t.Context(), []store.Change{{Op: store.Delete, Table: "numbers", Key: number(2)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Row(t.Context(), &page.Rows[2]); store.KindOf(err) != store.NoRow {
		t.Errorf("a row that has gone: %v", err)
	}
}

// TestWhatTheDatabaseSaysOfTheOriginCounts: a name may mean another table for
// the database than it seems.
func TestWhatTheDatabaseSaysOfTheOriginCounts(t *testing.T) {
	db := &speaking{DB: mem.New()}
	s, c := openConsole(t, db)
	numbers(t, s, 1)
	for name, want := range map[string]bool{"numbers": true, "others": false} {
		db.answer = func(_ context.Context, _ string, sink driver.Sink) (driver.Outcome, error) {
			return driver.Outcome{}, sink.Columns([]driver.ResultColumn{{Column: driver.Column{Name: "n"}, Table: name, Origin: "n"}})
		}
		e, err := c.Run(t.Context(), "SELECT n FROM numbers")
		if err != nil || (e.Results[0].Origin() != nil) != want {
			t.Errorf("of table %s: %+v, %v", name, e.Results[0].Origin(), err)
		}
	}
}
