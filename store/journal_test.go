package store

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"pgregory.net/rapid"
)

// ordersSchema is a table with a key of two elements and columns of all sorts.
func ordersSchema() *Schema {
	return &Schema{
		Name: "orders", Kind: driver.Table,
		Key: []Column{{Name: "customer", Type: "text", Kind: tuple.KindText}, {Name: "id", Type: "int", Kind: tuple.KindInt}},
		Columns: []Column{
			{Name: "status", Kind: tuple.KindText, Nullable: true},
			{Name: "total", Kind: tuple.KindDecimal, Nullable: true},
			{Name: "created", Kind: tuple.KindTimestamp},
			{Name: "sum", Kind: tuple.KindInt, Nullable: true, Generated: true},
		},
		References: []Reference{{Columns: []string{"customer"}, Table: "customers", To: []string{"name"}}},
	}
}

func orderKey(customer string, id int64) tuple.Tuple {
	return tuple.Of(tuple.Text(customer), tuple.Int(id))
}

func orderRow(customer string, id int64) Row {
	return Row{Key: orderKey(customer, id), Values: []tuple.Value{
		tuple.Text("open\x00\xff"), tuple.Float(math.NaN()), tuple.Timestamp(time.Unix(1e9, 5)), tuple.Int(id),
	}}
}

// stageSome stages one change of each kind.
func stageSome(t *testing.T, c *ChangeSet) {
	t.Helper()
	s := ordersSchema()
	for i, err := range []error{
		c.Edit(s, orderRow("ann", 1), 2, tuple.Text("paid")),
		c.Edit(s, orderRow("ann", 2), 1, tuple.Int(20)),
		c.Delete(s, orderRow("bob", math.MinInt64)),
	} {
		if err != nil {
			t.Fatalf("stage %d: %v", i, err)
		}
	}
	if _, err := c.Insert(s, orderKey("", 0), []Assignment{{Column: 1, Value: tuple.Null}}); err != nil {
		t.Fatal(err)
	}
}

func openJournal(t *testing.T, path string) *ChangeSet {
	t.Helper()
	c, err := OpenJournal(path, "db")
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// wantSame checks that two sets have the same changes, under the same names.
func wantSame(t *testing.T, what string, got, want *ChangeSet) {
	t.Helper()
	if !reflect.DeepEqual(got.All(), want.All()) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got.All(), want.All())
	}
}

// crash copies a journal's file as it would be found after the program was
// killed, and returns the path of the copy.
func crash(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return writeJournal(t, content)
}

func writeJournal(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestJournalGivesBackWhatWasStaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "journal")
	c := openJournal(t, path)
	stageSome(t, c)
	wantSame(t, "after a crash", openJournal(t, crash(t, path)), c)
	c.Undo()
	wantSame(t, "after a crash and an undo", openJournal(t, crash(t, path)), c)
	c.Redo()
	c.Drop(c.All()[0].ID)
	wantSame(t, "after a crash and a drop", openJournal(t, crash(t, path)), c)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	again := openJournal(t, path)
	wantSame(t, "after closing", again, c)
	if again.CanUndo() {
		t.Error("a restored set has steps to undo")
	}
	before := again.Len()
	if _, err := again.Insert(ordersSchema(), orderKey("new", 1), nil); err != nil || again.Len() != before+1 {
		t.Errorf("insert after restoring: %v, %d changes", err, again.Len())
	}
}

func TestEmptyJournalLeavesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	c := openJournal(t, path)
	stageSome(t, c)
	full, _ := os.ReadFile(path)
	c.Clear()
	if left, _ := os.ReadFile(path); len(left) >= len(full)/4 || bytes.Contains(left, []byte("orders")) {
		t.Errorf("after Clear the file still has %d bytes of %d", len(left), len(full))
	}
	c.Undo()
	wantSame(t, "after undoing Clear", openJournal(t, crash(t, path)), c)
	c.Clear()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
}

// TestTornJournal cuts the file at each byte, as a crash in the middle of a
// write does: what had been staged before that write is there.
func TestTornJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	c := openJournal(t, path)
	type state struct {
		size int
		all  []Staged
	}
	read := func() []byte {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	header := len(read())
	states := []state{{0, []Staged{}}, {header, []Staged{}}}
	note := func() { states = append(states, state{len(read()), c.All()}) }
	s := ordersSchema()
	for i := range int64(3) {
		if err := c.Edit(s, orderRow("ann", i), 2, tuple.Text("paid")); err != nil {
			t.Fatal(err)
		}
		note()
	}
	c.Undo()
	note()
	content := read()
	for cut := range len(content) + 1 {
		var want []Staged
		for _, st := range states {
			if st.size <= cut {
				want = st.all
			}
		}
		got := NewChangeSet()
		if err := (&journal{database: "db"}).replay(got, content[:cut]); err != nil {
			t.Fatalf("cut at %d of %d: %v", cut, len(content), err)
		}
		if !reflect.DeepEqual(got.All(), want) {
			t.Fatalf("cut at %d of %d: %+v, want %+v", cut, len(content), got.All(), want)
		}
		if cut%50 != 0 {
			continue // what follows waits for the disk
		}
		torn := writeJournal(t, content[:cut])
		again := openJournal(t, torn)
		wantSame(t, fmt.Sprintf("opened after a cut at %d", cut), again, got)
		if err := again.Edit(s, orderRow("zoe", 9), 2, tuple.Null); err != nil {
			t.Fatal(err)
		}
		wantSame(t, fmt.Sprintf("staged after a cut at %d", cut), openJournal(t, crash(t, torn)), again)
	}
}

// TestDamagedJournal changes each byte: the file is set aside with all that is
// in it. Only without its last byte it is a file whose last line is torn.
func TestDamagedJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	c := openJournal(t, path)
	stageSome(t, c)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(content) - 1 {
		damaged := slices.Clone(content)
		damaged[i] ^= 0x10
		if err := (&journal{database: "db"}).replay(NewChangeSet(), damaged); err == nil {
			t.Fatalf("byte %d of %d is changed, and nobody notices", i, len(content))
		}
		if i%100 != 0 {
			continue // what follows waits for the disk
		}
		p := writeJournal(t, damaged)
		got, err := OpenJournal(p, "db")
		wantSetAside(t, got, err, p, damaged)
		if err := got.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// wantSetAside checks what OpenJournal does with a damaged file.
func wantSetAside(t *testing.T, c *ChangeSet, err error, path string, content []byte) {
	t.Helper()
	if !errors.Is(err, ErrJournal) || !errors.Is(err, Corrupt) {
		t.Fatalf("error: %v", err)
	}
	aside := path + ".damaged-1"
	if kept, e := os.ReadFile(aside); e != nil || !bytes.Equal(kept, content) {
		t.Fatalf("the damaged file was not kept: %v", e)
	}
	if !strings.Contains(err.Error(), aside) || HintOf(err) == "" {
		t.Errorf("the error does not name %s: %v", aside, err)
	}
	if c.Len() != 0 {
		t.Errorf("%d changes of a damaged file are staged", c.Len())
	}
	stageSome(t, c)
	wantSame(t, "a new journal after a damaged one", openJournal(t, crash(t, path)), c)
}

func TestForeignJournals(t *testing.T) {
	other, err := OpenJournal(filepath.Join(t.TempDir(), "journal"), "another database")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	stageSome(t, other)
	ofOther, err := os.ReadFile(other.journal.path)
	if err != nil {
		t.Fatal(err)
	}
	newer, err := encodeLine(&journalLine{Version: journalVersion + 1, Database: "db"})
	if err != nil {
		t.Fatal(err)
	}
	unknownKind := bytes.Replace(stagedLine(t), []byte(`"Kind":"decimal"`), []byte(`"Kind":"complex"`), 1)
	for name, content := range map[string][]byte{
		"of another database": ofOther,
		"of a newer version":  newer,
		"a text":              []byte("a shopping list\nmilk\n"),
		"a short text":        []byte("milk"),
		"of an unknown kind":  append((&journal{database: "db"}).header(), resummed(unknownKind)...),
		"with a bad change":   append((&journal{database: "db"}).header(), resummed(bytes.Replace(stagedLine(t), []byte(`"id"`), []byte(`"schema":7,"id"`), 1))...),
	} {
		t.Run(name, func(t *testing.T) {
			p := writeJournal(t, content)
			c, err := OpenJournal(p, "db")
			wantSetAside(t, c, err, p, content)
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// stagedLine returns a line with a change, followed by a newline.
func stagedLine(t *testing.T) []byte {
	t.Helper()
	j := &journal{schemas: map[*Schema]int{}}
	st := &staged{schema: ordersSchema(), change: Change{Op: Delete, Table: "orders", Key: orderKey("a", 1)}}
	line, err := j.encode(step{{id: 1, after: st}})
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// resummed gives a line that was changed its right checksum.
func resummed(line []byte) []byte {
	body := bytes.TrimSuffix(line[checksumDigits+1:], []byte("\n"))
	return fmt.Appendf(nil, "%08x %s\n", checksum(body), body)
}

func TestTwoJournalsOfOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	first := openJournal(t, path)
	stageSome(t, first)
	second, err := OpenJournal(path, "db")
	if !errors.Is(err, Locked) || HintOf(err) == "" {
		t.Fatalf("the second one: %v", err)
	}
	stageSome(t, second)
	second.Clear()
	if err := errors.Join(second.Err(), second.Close()); err != nil {
		t.Errorf("a set in memory: %v", err)
	}
	wantSame(t, "the first one", openJournal(t, crash(t, path)), first)
}

func TestUnusableJournal(t *testing.T) {
	file := writeJournal(t, nil)
	c, err := OpenJournal(filepath.Join(file, "journal"), "db")
	if err == nil || errors.Is(err, ErrJournal) {
		t.Fatalf("a journal below a file: %v", err)
	}
	stageSome(t, c)
	if c.Len() == 0 || c.Err() != nil {
		t.Errorf("the set cannot be used: %d changes, %v", c.Len(), c.Err())
	}
}

// fullDisk is a file on a disk that has room for so many bytes more.
type fullDisk struct {
	journalFile
	room *int
}

func (f fullDisk) WriteAt(b []byte, off int64) (int, error) {
	n := min(len(b), *f.room)
	*f.room -= n
	if n < len(b) {
		m, _ := f.journalFile.WriteAt(b[:n], off) // the part that fits
		return m, syscall.ENOSPC
	}
	return f.journalFile.WriteAt(b, off)
}

// TestJournalOnFullDisk lets the disk fill up after each number of bytes: the
// change is staged all the same, the failure is reported, the file still opens,
// and once there is room it holds everything again.
func TestJournalOnFullDisk(t *testing.T) {
	s := ordersSchema()
	for room := 0; room < 3000; room += 149 {
		path := filepath.Join(t.TempDir(), "journal")
		c := openJournal(t, path)
		left := room
		c.journal.file = fullDisk{c.journal.file, &left}
		c.journal.create = func(path string) (journalFile, error) {
			f, err := createFile(path)
			return fullDisk{f, &left}, err
		}
		var kept []Staged
		for i := range int64(6) {
			if err := c.Edit(s, orderRow("ann", i), 2, tuple.Text("paid")); err != nil {
				t.Fatal(err)
			}
			if c.Err() == nil {
				kept = c.All()
			}
		}
		if c.Len() != 6 {
			t.Fatalf("room %d: %d changes are staged", room, c.Len())
		}
		if err := c.Err(); len(kept) < 6 && (KindOf(err) != Full || HintOf(err) == "") {
			t.Fatalf("room %d: the error is %v", room, err)
		}
		if after := openJournal(t, crash(t, path)).All(); len(after) != len(kept) {
			t.Fatalf("room %d: %d changes are on disk, %d were without an error", room, len(after), len(kept))
		}
		left = 1 << 20
		c.Undo()
		if err := c.Err(); err != nil {
			t.Fatalf("room %d: with room again: %v", room, err)
		}
		wantSame(t, "with room again", openJournal(t, crash(t, path)), c)
	}
}

func TestLongJournalIsRewritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	c := openJournal(t, path)
	s := ordersSchema()
	large := strings.Repeat("x", 100_000)
	for i := range int64(200) {
		if err := c.Edit(s, orderRow("ann", 1), 2, tuple.Text(fmt.Sprint(large, i))); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > 2*minRewrite {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
	wantSame(t, "after rewriting", openJournal(t, crash(t, path)), c)
}

// TestJournalFollowsTheSet stages at random: after each step, the file gives
// back the same set.
func TestJournalFollowsTheSet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(t.TempDir(), "journal")
		c, err := OpenJournal(path, "db")
		if err != nil {
			rt.Fatal(err)
		}
		m := newStager(c)
		actions := m.actions()
		actions[""] = func(rt *rapid.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				rt.Fatal(err)
			}
			again := NewChangeSet()
			if err := (&journal{database: "db"}).replay(again, content); err != nil {
				rt.Fatal(err)
			}
			if !reflect.DeepEqual(again.All(), c.All()) {
				rt.Fatalf("the file has %+v, the set %+v", again.All(), c.All())
			}
		}
		rt.Repeat(actions)
		if err := c.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

// FuzzJournal opens arbitrary files: none may panic, and what is opened can be
// used.
func FuzzJournal(f *testing.F) {
	header := (&journal{database: "db"}).header()
	f.Add([]byte{})
	f.Add(header)
	f.Add(append(slices.Clone(header), "00000000 {}\n"...))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, body := range [][]byte{content, append(slices.Clone(header), resummed(append([]byte("00000000 "), content...))...)} {
			c := NewChangeSet()
			if err := (&journal{database: "db"}).replay(c, body); err != nil {
				continue
			}
			for _, st := range c.All() {
				c.Drop(st.ID)
			}
			if c.Len() != 0 {
				t.Errorf("%d changes are left", c.Len())
			}
		}
	})
}
