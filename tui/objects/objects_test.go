package objects_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/objects"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
)

// many is a database of n tables without rows, which counts what it is asked.
type many struct {
	driver.DB
	n         int
	described []string
	fail      error
}

func (m *many) Info() driver.Info              { return driver.Info{Backend: "many"} }
func (m *many) Classify(err error) driver.Kind { return driver.Internal }
func (m *many) Close() error                   { return nil }

func (m *many) Tables(context.Context) ([]driver.TableInfo, error) {
	tables := make([]driver.TableInfo, m.n)
	for i := range tables {
		tables[i] = driver.TableInfo{Name: fmt.Sprintf("table%05d", i), Kind: driver.Table}
	}
	if m.n > 2 {
		tables[2].Kind = driver.View
	}
	return tables, m.fail
}

func (m *many) Describe(_ context.Context, table string) (*driver.Schema, error) {
	m.described = append(m.described, table)
	if table == "table00001" {
		return nil, driver.Errorf(driver.Permission, "you may not look at it")
	}
	return &driver.Schema{
		Name: table, Key: []driver.Column{{Name: "id", Type: "BIGINT", Kind: tuple.KindInt}},
		Columns:    []driver.Column{{Name: "other", Kind: tuple.KindText}},
		References: []driver.Reference{{Columns: []string{"other"}, Table: "table00005", To: []string{"id"}}},
	}, nil
}

func (m *many) Estimate(_ context.Context, s *driver.Schema) (int64, bool, error) {
	return 1_234_567, s.Name != "table00003", nil
}

func stage(t *testing.T, db *many, height int) (*panetest.User, *objects.Model) {
	t.Helper()
	env := panetest.NewEnv(t, store.New(db))
	m := objects.New(env)
	s := panetest.On(t, env, m, 30, height)
	s.Send(panetest.Did(nil, m.Load()))
	return s, m
}

func TestOnlyWhatIsInSightIsAskedFor(t *testing.T) {
	db := &many{n: 50_000}
	s, _ := stage(t, db, 20)
	s.See("table00000", "~1.2M", "view")
	if len(db.described) != 20 {
		t.Errorf("%d tables were described for 20 lines", len(db.described))
	}
	s.Press("G").See("table49999", "~1.2M").Miss("table00000")
	if len(db.described) != 40 {
		t.Errorf("%d tables were described for two screens of 20 lines", len(db.described))
	}
	s.Press("g")
	if len(db.described) != 40 {
		t.Errorf("what is known was asked for again: %d", len(db.described))
	}
}

func TestUnknownEstimatesAreLeftOut(t *testing.T) {
	s, _ := stage(t, &many{n: 5}, 20)
	for line := range strings.SplitSeq(s.Screen(), "\n") {
		if strings.Contains(line, "table00001") || strings.Contains(line, "table00003") {
			if strings.Contains(line, "~") {
				t.Errorf("an estimate that there is not: %q", line)
			}
		}
	}
}

func TestFilter(t *testing.T) {
	s, _ := stage(t, &many{n: 50_000}, 20)
	s.Press("/").Type("999").See("/999", "table00999", "table01999").Miss("table00001")
	s.Press("backspace").See("/99", "table00099")
	s.Type("x").See("No match. esc shows all.")
	s.Press("enter")
	if a := s.Actions(); !slices.ContainsFunc(a, func(a pane.Action) bool { _, ok := a.(pane.Notice); return ok }) {
		t.Errorf("enter without a match asks for %v", a)
	}
	s.Press("esc").See("table00000")
}

func TestEnterOpens(t *testing.T) {
	s, _ := stage(t, &many{n: 50}, 20)
	s.Press("down", "down", "down", "enter")
	if got, want := s.Actions(), []pane.Action{pane.OpenTable{Name: "table00003"}}; !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}

func TestUnfoldShowsColumnsAndFollowsReferences(t *testing.T) {
	s, _ := stage(t, &many{n: 50}, 20)
	s.Press("right").See("▾ table00000", "id", "bigint key", "other", "text", "→ table00005 by other")
	s.Press("down", "down", "down", "enter")
	if got, want := s.Actions(), []pane.Action{pane.OpenTable{Name: "table00005"}}; !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
	s.Press("left", "left").Miss("bigint")
}

func TestTableThatCannotBeDescribedSaysWhy(t *testing.T) {
	s, _ := stage(t, &many{n: 50}, 20)
	s.Resize(60, 20).Press("down", "right").See("you may not look at it")
}

// TestReloadKeepsThePlace reloads when a table has come before the one of the
// cursor.
func TestReloadKeepsThePlace(t *testing.T) {
	db := &many{n: 50}
	s, m := stage(t, db, 20)
	s.Press("right", "j", "j", "j", "j", "j", "j")
	db.n = 40
	s.Send(panetest.Did(nil, m.Load()))
	s.See("bigint key").Press("enter")
	if got, want := s.Actions(), []pane.Action{pane.OpenTable{Name: "table00003"}}; !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}

func TestFailedListingKeepsTheOldOne(t *testing.T) {
	db := &many{n: 5}
	s, m := stage(t, db, 20)
	db.fail = driver.Errorf(driver.Unavailable, "the connection is lost")
	s.Send(panetest.Did(nil, m.Load()))
	s.See("table00000")
	if a := s.Actions(); len(a) != 1 || !strings.Contains(a[0].(pane.Report).Err.Error(), "connection is lost") {
		t.Errorf("asked for %v", a)
	}
}

func TestCanceledListingSaysHowToGoOn(t *testing.T) {
	env := panetest.NewEnv(t, store.New(&many{n: 5}))
	m := objects.New(env)
	u := panetest.On(t, env, m, 40, 10)
	_ = m.Load() // and its result never comes
	u.See("Reading…")
	env.Tasks.CancelPane(objects.ID)
	u.See("Canceled. R reads the tables.")
}

func TestStagedCounts(t *testing.T) {
	db := &many{n: 5}
	s, m := stage(t, db, 20)
	schema, _ := db.Describe(context.Background(), "table00002")
	for i := range 3 {
		if _, err := s.Env.Changes.Insert(schema, tuple.Of(tuple.Int(int64(i))), nil); err != nil {
			t.Fatal(err)
		}
	}
	s.Send(panetest.Did(m.Staged()))
	s.See("+3 view")
}

func TestCommitAsksForEstimatesAnew(t *testing.T) {
	db := &many{n: 5}
	s, m := stage(t, db, 20)
	asked := len(db.described)
	s.Send(panetest.Did(m.Committed(&store.CommitResult{Written: 1})))
	if len(db.described) != asked+5 {
		t.Errorf("%d estimates after the commit", len(db.described)-asked)
	}
	s.See("~1.2M")
}

func BenchmarkFilterOf50000Tables(b *testing.B) {
	env := panetest.NewEnv(b, store.New(&many{n: 50_000}))
	m := objects.New(env)
	s := panetest.On(b, env, m, 30, 40)
	s.Send(panetest.Did(nil, m.Load()))
	s.Press("/")
	for b.Loop() {
		s.Press("9", "backspace")
		_ = m.View()
	}
}

// telling is a database that knows what surrounds its tables.
type telling struct{ *many }

func (telling) Details(context.Context, string) (*driver.Details, error) {
	return &driver.Details{
		Indexes: []driver.Index{
			{Name: "pk", Columns: []string{"id"}, Primary: true, Unique: true},
			{Name: "by_other", Columns: []string{"other DESC"}, Unique: true, Method: "btree", Where: "id > 0"},
		},
		Referrers: []driver.Referrer{{Table: "table00007", Columns: []string{"parent"}, To: []string{"id"}}},
	}, nil
}

func (telling) Definition(_ context.Context, table string) (string, error) {
	return "CREATE TABLE " + table + " (\x1b[31mid)", nil
}

func (telling) Language() driver.Language { return driver.Language{Name: "SQL"} }

func (telling) Console(context.Context) (driver.Console, error) { return nil, nil }

func TestUnfoldShowsWhatSurroundsATable(t *testing.T) {
	env := panetest.NewEnv(t, store.New(telling{&many{n: 50}}))
	m := objects.New(env)
	s := panetest.On(t, env, m, 50, 20)
	s.Send(panetest.Did(nil, m.Load()))
	s.Press("right").See("← table00007 by parent", "# id", "primary", "# other DESC  by_other", "partial unique btree")
	s.Press("down", "down", "down", "down", "enter")
	if got, want := s.Actions(), []pane.Action{pane.OpenTable{Name: "table00007"}}; !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
	s.Press("D", "S", "down", "down", "y")
	want := []pane.Action{
		pane.ShowText{Title: "table00000", Text: "CREATE TABLE table00000 (\x1b[31mid)"},
		pane.ShowConsole{Text: "SELECT * FROM table00000;"},
		pane.Copy{Text: "by_other", What: "index name"},
	}
	if got := s.Actions(); !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}

func TestNoDefinitionWhereThereIsNone(t *testing.T) {
	s, _ := stage(t, &many{n: 50}, 20)
	s.Press("D", "S")
	for _, a := range s.Actions() {
		if n, ok := a.(pane.Notice); !ok || n.Level != pane.Blocked {
			t.Errorf("asked for %+v", a)
		}
	}
}
