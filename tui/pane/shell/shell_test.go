package shell_test

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/cli"
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

// TestCommandsDoWhatACommitDoes stages changes, runs the commands that they
// are copied as through a shell and the command line, and compares the rows
// with what a commit would have left.
func TestCommandsDoWhatACommitDoes(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "shop.rowan")
	s, err := backends.Open(ctx, path, backends.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
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
	must(changes.Edit(schema, before[1], key+1, tuple.Null))
	must(changes.Delete(schema, before[2]))
	must(changes.Edit(schema, before[3], 1, tuple.Int(99))) // another key
	_, err = changes.Insert(schema, tuple.Of(tuple.Text("(new"), tuple.Int(1)), []store.Assignment{{Column: 0, Value: tuple.Text("")}})
	must(err)

	var lines []string
	want := map[string][]tuple.Value{}
	for _, r := range before {
		want[r.Key.String()] = r.Values
	}
	for _, st := range changes.All() {
		lines = append(lines, shell.Change(shell.Target{Name: path}, &st)...)
		delete(want, st.Before.Key.String())
		if st.Change.Op != store.Delete {
			want[st.After.Key.String()] = st.After.Values
		}
	}
	must(s.Close())
	for _, args := range words(t, lines...) {
		var stderr bytes.Buffer
		if code := cli.Main(args[1:], strings.NewReader(""), &bytes.Buffer{}, &stderr); code != 0 {
			t.Fatalf("%q ended with %d: %s", args, code, stderr.String())
		}
	}
	s, err = backends.Open(ctx, path, backends.Options{ReadOnly: true})
	must(err)
	defer s.Close()
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
