package native

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var people = &driver.Schema{
	Name:    "people",
	Key:     []driver.Column{{Name: "id", Kind: tuple.KindInt}},
	Columns: []driver.Column{{Name: "name", Kind: tuple.KindText}, {Name: "photo", Kind: tuple.KindBytes, Nullable: true}},
	AutoKey: true,
	References: []driver.Reference{
		{Columns: []string{"name"}, Table: "names", To: []string{"name"}},
	},
}

// rw is a database that is open for writing.
type rw interface {
	driver.DB
	driver.Writer
	driver.Creator
	driver.Loader
}

func create(t *testing.T, o Options) (db rw, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "test.rowan")
	o.Create = true
	db = mustOpen(t, path, o).(rw)
	if err := db.CreateTable(t.Context(), people); err != nil {
		t.Fatal(err)
	}
	return db, path
}

func insert(t *testing.T, db rw, name string) tuple.Tuple {
	t.Helper()
	done, err := db.Apply(t.Context(), []driver.Change{{
		Op: driver.Insert, Table: "people", Set: []driver.Assignment{{Column: 0, Value: tuple.Text(name)}},
	}})
	if err != nil || len(done.Conflicts) > 0 {
		t.Fatal(done.Conflicts, err)
	}
	return done.Keys[0]
}

func TestDescribe(t *testing.T) {
	db, path := create(t, Options{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := mustOpen(t, path, Options{}).Describe(t.Context(), "people")
	if err != nil {
		t.Fatal(err)
	}
	if !s.AutoKey || s.Key[0].Type != "int" || s.Columns[1].Type != "bytes" || !s.Columns[1].Nullable {
		t.Errorf("got %+v", s)
	}
	if len(s.References) != 1 || s.References[0].Table != "names" {
		t.Errorf("the references are %+v", s.References)
	}
}

// TestRawTree opens a file that another program made with the engine.
func TestRawTree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	raw, err := btree.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Update(func(tx *btree.Tx) error {
		tree, err := tx.CreateTree("cache")
		if err != nil {
			return err
		}
		return errors.Join(tree.Put([]byte("\x00a"), []byte("one")), tree.Put([]byte("\xff"), []byte(strings.Repeat("x", 100_000))))
	})
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	db := mustOpen(t, path, Options{}).(rw)
	s, err := db.Describe(t.Context(), "cache")
	if err != nil {
		t.Fatal(err)
	}
	page, err := db.Scan(t.Context(), s, driver.Query{Limit: 10, MaxValue: 5})
	if err != nil || len(page.Rows) != 2 {
		t.Fatal(page, err)
	}
	long := page.Rows[1]
	if long.Key[0] != tuple.BytesOf("\xff") || long.Values[0] != tuple.BytesOf("xxxxx") || long.Cut[0].Size != 100_000 {
		t.Errorf("the long row is %v", long)
	}
	_, err = db.Apply(t.Context(), []driver.Change{{
		Op: driver.Put, Table: "cache", Key: tuple.Of(tuple.Text("text")), Set: []driver.Assignment{{Value: tuple.BytesOf("v")}},
	}})
	if !errors.Is(err, driver.BadKey) {
		t.Errorf("a text as the key of a raw tree: %v, want a bad key", err)
	}
}

// TestCatalogFaults damages the entry of a table in each way that is told
// apart.
func TestCatalogFaults(t *testing.T) {
	for _, c := range []struct {
		name, entry string
		want        driver.Kind
	}{
		{"not JSON", "{", driver.Corrupt},
		{"no key", `{"format":1}`, driver.Corrupt},
		{"unknown kind", `{"format":1,"key":[{"name":"k","kind":"color"}]}`, driver.Corrupt},
		{"newer", `{"format":99,"key":[]}`, driver.NewerFormat},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, path := create(t, Options{})
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			overwrite(t, path, "\x00catalog", "people", c.entry)
			again := mustOpen(t, path, Options{})
			_, err := again.Describe(t.Context(), "people")
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if tables, err := again.Tables(t.Context()); err != nil || len(tables) != 1 {
				t.Errorf("the list of tables is %v, %v: one broken entry must not hide it", tables, err)
			}
		})
	}
}

// overwrite sets a pair in a tree behind the backend's back.
func overwrite(t *testing.T, path, tree, key, value string) {
	t.Helper()
	raw, err := btree.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Update(func(tx *btree.Tx) error {
		tr, err := tx.Tree(tree)
		if err != nil {
			return err
		}
		return tr.Put([]byte(key), []byte(value))
	})
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestForeignPair(t *testing.T) {
	db, path := create(t, Options{})
	insert(t, db, "ada")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, "people", "not a tuple", "not a row")
	again := mustOpen(t, path, Options{})
	s, err := again.Describe(t.Context(), "people")
	if err != nil {
		t.Fatal(err)
	}
	_, err = again.Scan(t.Context(), s, driver.Query{Limit: 10})
	if !errors.Is(err, driver.Corrupt) || !strings.Contains(err.Error(), "people") {
		t.Errorf("got %v, want damage in people", err)
	}
}

func TestLoadInAnyOrder(t *testing.T) {
	db, _ := create(t, Options{})
	s, err := db.Describe(t.Context(), "people")
	if err != nil {
		t.Fatal(err)
	}
	load := func(ids ...int64) error {
		return db.Load(t.Context(), s, func(yield func(driver.Row, error) bool) {
			for _, id := range ids {
				if !yield(driver.Row{Key: tuple.Of(tuple.Int(id)), Values: []tuple.Value{tuple.Text(fmt.Sprint(id)), tuple.Null}}, nil) {
					return
				}
			}
		})
	}
	if err := load(1, 2, 2); !errors.Is(err, driver.Exists) {
		t.Errorf("a key twice: %v", err)
	}
	if n, _ := db.(driver.Counter).Count(t.Context(), s, tuple.Range{}); n != 0 {
		t.Errorf("a load that failed left %d rows", n)
	}
	if err := load(5, 7, 3, 9, 1); err != nil {
		t.Fatal(err)
	}
	page, err := db.Scan(t.Context(), s, driver.Query{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, r := range page.Rows {
		got += r.Values[0].AsText()
	}
	if got != "13579" {
		t.Errorf("the rows are %s", got)
	}
	if err := load(10); !errors.Is(err, driver.Exists) {
		t.Errorf("loading a table with rows: %v", err)
	}
}

// TestLocked has the file open for writing: another cannot open it so and is told by whom, and can still read it.
func TestLocked(t *testing.T) {
	db, path := create(t, Options{})
	other, err := Open(t.Context(), path, Options{})
	if !errors.Is(err, driver.Locked) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, %v; want it locked, and which file", other, err)
	}
	if runtime.GOOS == "linux" {
		if who := fmt.Sprintf("process, %d (", os.Getpid()); !strings.Contains(err.Error(), who) {
			t.Errorf("%v does not name the %s", err, who)
		}
		reader := mustOpen(t, path, Options{ReadOnly: true})
		insert(t, db, "ada")
		n, err := reader.(driver.Counter).Count(t.Context(), people, tuple.Range{})
		if err != nil || n != 1 {
			t.Errorf("a reader sees %d rows of 1, %v", n, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, path, Options{})
}

// TestReadOnly checks that there is no way to write, not that a way refuses.
func TestReadOnly(t *testing.T) {
	db, path := create(t, Options{})
	insert(t, db, "ada")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	ro := mustOpen(t, path, Options{ReadOnly: true})
	checkReadOnly(t, ro)
	second := mustOpen(t, path, Options{ReadOnly: true})
	if tables, err := second.Tables(t.Context()); err != nil || len(tables) != 1 {
		t.Errorf("a second reader sees %v, %v", tables, err)
	}
}

func checkReadOnly(t *testing.T, db driver.DB) {
	t.Helper()
	if db.Info().ReadOnly == "" || db.Info().Atomicity != driver.NoWrites {
		t.Errorf("Info does not say that it is read-only: %+v", db.Info())
	}
	for name, can := range map[string]bool{
		"Writer": is[driver.Writer](db), "Transactor": is[driver.Transactor](db),
		"Creator": is[driver.Creator](db), "Loader": is[driver.Loader](db),
	} {
		if can {
			t.Errorf("it is a %s", name)
		}
	}
}

func is[T any](v any) bool { _, ok := v.(T); return ok }

// TestPermission opens a file that may not be written. The disk is one in
// memory, since root may write anything on a real one.
func TestPermission(t *testing.T) {
	disk := &readOnlyDisk{FS: &vfs.Mem{}}
	db, err := Open(t.Context(), "a.rowan", Options{Create: true, FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for refusal, why := range map[error]string{
		os.ErrPermission: "cannot be written by this user", syscall.EROFS: "file system that is read-only",
	} {
		disk.refusal = refusal
		db, err = Open(t.Context(), "a.rowan", Options{FS: disk})
		if err != nil {
			t.Fatal(err)
		}
		checkReadOnly(t, db)
		if !strings.Contains(db.Info().ReadOnly, why) {
			t.Errorf("the reason is %q", db.Info().ReadOnly)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// readOnlyDisk refuses to open files for writing, once it has an error for that.
type readOnlyDisk struct {
	vfs.FS
	refusal error
}

func (d *readOnlyDisk) OpenFile(path string, mode vfs.Mode) (vfs.File, error) {
	if d.refusal != nil && mode != vfs.ReadOnly {
		return nil, d.refusal
	}
	return d.FS.OpenFile(path, mode)
}

func TestNotDatabase(t *testing.T) {
	whole, path := create(t, Options{})
	if err := whole.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"empty": nil, "text": []byte("hello, this is no database"), "only the magic": []byte(Magic), "first page": text[:1000],
	} {
		file := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), file, Options{})
		if err == nil {
			db.Close()
			t.Errorf("%s: it opens", name)
			continue
		}
		var e *driver.Error
		if !errors.As(err, &e) || e.Kind != driver.NotDatabase && e.Kind != driver.Corrupt {
			t.Errorf("%s: %v is of kind %v", name, err, driver.KindOf(err))
		}
		if after, _ := os.ReadFile(file); string(after) != string(content) {
			t.Errorf("%s: opening changed the file", name)
		}
	}
}

// TestFullDisk fills the disk under a commit: it fails as what it is, nothing
// is lost, and once there is space again writing goes on.
func TestFullDisk(t *testing.T) {
	full := false
	disk := &vfs.Inject{Base: &vfs.Mem{}, Hook: func(c vfs.Call) error {
		if full && (c.Op == "write" || c.Op == "truncate") {
			return syscall.ENOSPC
		}
		return nil
	}}
	db := mustOpen(t, "a.rowan", Options{Create: true, FS: disk}).(rw)
	if err := db.CreateTable(t.Context(), people); err != nil {
		t.Fatal(err)
	}
	insert(t, db, "before")
	full = true
	_, err := db.Apply(t.Context(), []driver.Change{{
		Op: driver.Insert, Table: "people", Set: []driver.Assignment{{Value: tuple.Text("lost")}},
	}})
	if db.Classify(err) != driver.Full {
		t.Errorf("got %v of kind %v, want no space left", err, db.Classify(err))
	}
	full = false
	if key := insert(t, db, "after"); key[0].AsInt() != 2 {
		t.Errorf("the next key is %v: what failed left something", key)
	}
}

// TestAutoKey checks that a key is one above the last, whatever was deleted in
// between.
func TestAutoKey(t *testing.T) {
	db, _ := create(t, Options{})
	for want := int64(1); want <= 3; want++ {
		if got := insert(t, db, "x"); got[0].AsInt() != want {
			t.Errorf("got key %v, want %d", got, want)
		}
	}
	_, err := db.Apply(t.Context(), []driver.Change{{
		Op: driver.Insert, Table: "people", Key: tuple.Of(tuple.Int(1 << 62)), Set: []driver.Assignment{{Value: tuple.Text("far")}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := insert(t, db, "y"); got[0].AsInt() != 1<<62+1 {
		t.Errorf("after a given key, got %v", got)
	}
}

// A snapshot shows none of what is committed while it is held, and says that it
// holds up nobody, which the commit shows.
func TestSnapshotsAreFree(t *testing.T) {
	db, _ := create(t, Options{})
	insert(t, db, "Ada")
	if !db.Info().FreeSnapshots {
		t.Error("they are said to hold somebody up")
	}
	snap, err := db.(driver.Snapshotter).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	insert(t, db, "Grace")
	if n, now := len(names(t, snap)), len(names(t, db)); n != 1 || now != 2 {
		t.Errorf("the snapshot has %d rows, and the database %d", n, now)
	}
	if err := snap.Release(); err != nil {
		t.Error(err)
	}
}
