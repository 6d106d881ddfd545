package shell_test

import (
	"context"
	"math"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane/shell"
)

// words returns the words that a POSIX shell makes of command lines, each line
// on its own.
func words(t interface {
	Helper()
	Fatalf(string, ...any)
}, lines ...string) [][]string {
	t.Helper()
	var script strings.Builder
	for _, l := range lines {
		script.WriteString("printf '%s\\0' " + l + "; printf '\\1\\0'\n")
	}
	out, err := exec.Command("sh", "-c", script.String()).Output()
	if err != nil {
		t.Fatalf("sh: %v\n%s", err, script.String())
	}
	var all [][]string
	var line []string
	for w := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if w == "\x01" {
			all, line = append(all, line), nil
			continue
		}
		line = append(line, w)
	}
	return all
}

func TestQuoteIsOneWordForAShell(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.String().Filter(func(s string) bool { return !strings.ContainsAny(s, "\x00\x01") }), 1, 20).Draw(t, "words")
		quoted := make([]string, len(want))
		for i, w := range want {
			quoted[i] = shell.Quote(w)
		}
		if got := words(t, strings.Join(quoted, " "))[0]; !slices.Equal(got, want) {
			t.Fatalf("sh makes %q of %s, want %q", got, strings.Join(quoted, " "), want)
		}
	})
}

func TestScan(t *testing.T) {
	ada, seven := tuple.Text("ada"), tuple.Int(7)
	for _, c := range []struct {
		name, want string
		o          store.ViewOptions
	}{
		{"everything", "rowan scan f.rowan t", store.ViewOptions{}},
		{"prefix", `rowan scan f.rowan t --prefix '("ada")'`, store.ViewOptions{Range: tuple.Prefix(tuple.Of(ada))}},
		{"part", `rowan scan f.rowan t --prefix '("ada"*)'`, store.ViewOptions{Range: tuple.PrefixPart(tuple.Of(ada))}},
		{"bounds", `rowan scan f.rowan t --from '("ada")' --before '("ada",7)' --reverse --limit 5`, store.ViewOptions{
			Range:   tuple.Range{Lower: tuple.Bound{Key: tuple.Of(ada)}, Upper: tuple.Bound{Key: tuple.Of(ada, seven), Exclusive: true}},
			Reverse: true, Limit: 5,
		}},
		{"one end", `rowan scan f.rowan t --after '("ada")'`, store.ViewOptions{Range: tuple.Range{Lower: tuple.Bound{Key: tuple.Of(ada), Exclusive: true}}}},
		{"quote", `rowan scan f.rowan t --prefix '("it'\''s")'`, store.ViewOptions{Range: tuple.Prefix(tuple.Of(tuple.Text("it's")))}},
	} {
		if got := shell.Scan(shell.Target{Name: "f.rowan"}, "t", c.o); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
	if got, want := shell.Scan(shell.Target{Name: "f"}, "-t", store.ViewOptions{Reverse: true}), "rowan scan --reverse -- f -t"; got != want {
		t.Errorf("a table that begins with a dash: %s, want %s", got, want)
	}
}

// TestCommandsDoWhatACommitDoes stages changes, reads the commands that they are
// copied as the way the command line does, and compares the rows that those
// leave with what a commit would have left.
func TestCommandsDoWhatACommitDoes(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	s := store.New(mem.New())
	schema, before := awkward(t, s)
	changes := store.NewChangeSet()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key := len(schema.Key)
	must(changes.Edit(schema, before[0], key, tuple.Text("it's \"x\" $HOME\n=:é\x1b[31m")))
	must(changes.Edit(schema, before[0], key+1, tuple.Int(-7)))
	must(changes.Edit(schema, before[0], key+2, tuple.Bytes([]byte{0, 0xff, 'x'})))
	must(changes.Edit(schema, before[1], key, tuple.Null))
	must(changes.Edit(schema, before[1], key+1, tuple.Int(math.MaxInt64)))
	must(changes.Delete(schema, before[2]))
	must(changes.Edit(schema, before[3], 1, tuple.Int(99))) // another key
	_, err := changes.Insert(schema, tuple.Of(tuple.Text("(new"), tuple.Int(1)), []store.Assignment{{Column: 0, Value: tuple.Text("")}})
	must(err)

	var lines []string
	want := map[string][]tuple.Value{}
	for _, r := range before {
		want[r.Key.String()] = r.Values
	}
	for _, st := range changes.All() {
		lines = append(lines, shell.Change(shell.Target{Name: "my shop"}, &st)...)
		delete(want, st.Before.Key.String())
		if st.Change.Op != store.Delete {
			want[st.After.Key.String()] = st.After.Values
		}
	}
	w, err := s.Writer()
	must(err)
	for _, args := range words(t, lines...) {
		done, err := w.Apply(context.Background(), []store.Change{read(t, schema, args)})
		must(err)
		if len(done.Conflicts) > 0 {
			t.Errorf("%q is in conflict", args)
		}
	}
	got := rowsOf(t, s)
	if len(got) != len(want) {
		t.Errorf("there are %d rows, want %d", len(got), len(want))
	}
	for _, r := range got {
		if w, ok := want[r.Key.String()]; !ok || !slices.Equal(r.Values, w) {
			t.Errorf("row %s is %v, want %v", r.Key, r.Values, w)
		}
	}
}

// read reads a command that writes, as the command line documents it.
func read(t *testing.T, s *store.Schema, args []string) store.Change {
	t.Helper()
	if len(args) < 5 || args[0] != "rowan" || args[2] != "my shop" || args[3] != s.Name {
		t.Fatalf("%q is not a command that writes", args)
	}
	b, err := tuple.ParseBound(args[4])
	if err != nil {
		t.Fatal(err)
	}
	c := store.Change{Table: s.Name, Key: b.Key, Op: store.Delete}
	for _, word := range args[5:] {
		name, text, ok := strings.Cut(word, "=")
		name, isJSON := strings.CutSuffix(name, ":")
		i := slices.IndexFunc(s.Columns, func(c store.Column) bool { return c.Name == name })
		switch {
		case word == "--insert":
			c.Op = store.Insert
		case word == "--update":
			c.Op = store.Update
		case !ok || i < 0:
			t.Fatalf("%q in %q is not understood", word, args)
		default:
			c.Set = append(c.Set, store.Assignment{Column: i, Value: readValue(t, &s.Columns[i], text, isJSON)})
		}
	}
	if (args[1] == "delete") != (c.Op == store.Delete) {
		t.Fatalf("%q does not say whether it inserts or updates", args)
	}
	return c
}

func readValue(t *testing.T, c *store.Column, text string, isJSON bool) tuple.Value {
	t.Helper()
	v, err := tuple.ParseAs(c.Kind, c.Type, text)
	if isJSON {
		err = v.UnmarshalJSON([]byte(text))
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// awkward makes a table with four rows and returns them.
func awkward(t *testing.T, s *store.Store) (*store.Schema, []store.Row) {
	t.Helper()
	w, err := s.Writer()
	if err != nil {
		t.Fatal(err)
	}
	err = w.CreateTable(context.Background(), &store.Schema{
		Name: "it's", Key: []store.Column{{Name: "a", Kind: tuple.KindText}, {Name: "b", Kind: tuple.KindInt}},
		Columns: []store.Column{
			{Name: "text", Kind: tuple.KindText, Nullable: true},
			{Name: "n", Kind: tuple.KindInt, Nullable: true},
			{Name: "bytes", Kind: tuple.KindBytes, Nullable: true},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var rows []store.Change
	for i := range 4 {
		rows = append(rows, store.Change{
			Op: store.Insert, Table: "it's", Key: tuple.Of(tuple.Text("k'\n"), tuple.Int(int64(i))),
			Set: []store.Assignment{{Column: 0, Value: tuple.Text("old")}},
		})
	}
	if _, err := w.Apply(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
	table, err := s.Table(context.Background(), "it's")
	if err != nil {
		t.Fatal(err)
	}
	return table.Schema(), rowsOf(t, s)
}

func rowsOf(t *testing.T, s *store.Store) []store.Row {
	t.Helper()
	table, err := s.Table(context.Background(), "it's")
	if err != nil {
		t.Fatal(err)
	}
	var rows []store.Row
	for r, err := range table.Rows(context.Background(), store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

func TestWhatTheCommandLineCannotDoIsSaid(t *testing.T) {
	schema := &store.Schema{Name: "t", AutoKey: true, Key: []store.Column{{Name: "id", Kind: tuple.KindInt}}}
	st := &store.Staged{Schema: schema, Change: store.Change{Op: store.Insert, Table: "t"}}
	if got := shell.Change(shell.Target{Name: "f"}, st); len(got) != 1 || !strings.HasPrefix(got[0], "# ") {
		t.Errorf("an insert whose key the database makes is %q", got)
	}
}

func TestProductionCommandsConfirm(t *testing.T) {
	schema := &store.Schema{Name: "t", Key: []store.Column{{Name: "id", Kind: tuple.KindInt}}}
	st := &store.Staged{Schema: schema, Change: store.Change{Op: store.Delete, Table: "t", Key: tuple.Of(tuple.Int(1))}}
	got := shell.Change(shell.Target{Name: "prod", Confirm: "prod"}, st)
	if want := []string{"rowan delete prod t '(1)' --confirm prod"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestGetNamesTheRowSoThatItReadsBack(t *testing.T) {
	for _, c := range []struct {
		key  tuple.Tuple
		want string
	}{
		{tuple.Of(tuple.Text("ada")), "rowan get shop.rowan people ada --json"},
		{tuple.Of(tuple.Int(42)), "rowan get shop.rowan people 42 --json"},
		{tuple.Of(tuple.Text("42")), `rowan get shop.rowan people '("42")' --json`},
		{tuple.Of(tuple.Text("")), `rowan get shop.rowan people '("")' --json`},
		{tuple.Of(tuple.Text("(x)")), `rowan get shop.rowan people '("(x)")' --json`},
		{tuple.Of(tuple.Text("-x")), "rowan get --json -- shop.rowan people -x"},
		{tuple.Of(tuple.Text("a\x1b[m")), `rowan get shop.rowan people '("a\u001b[m")' --json`},
		{tuple.Of(tuple.Text("user"), tuple.Int(7)), `rowan get shop.rowan people '("user",7)' --json`},
	} {
		if got := shell.Get(shell.Target{Name: "shop.rowan"}, "people", c.key); got != c.want {
			t.Errorf("Get of %v is\n%s, want\n%s", c.key, got, c.want)
		}
	}
}
