package btree_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// smallDatabase returns the bytes of a database of a few pages of every kind, and what it holds.
func smallDatabase(t testing.TB) ([]byte, contents) {
	t.Helper()
	var disk vfs.Mem
	db := open(t, &disk, btree.Options{PageSize: smallPage})
	fill(t, db, 150, 60, 1)
	want := contents{}
	for _, big := range []int{9000, 100} {
		err := db.Update(func(tx *btree.Tx) error {
			tree, err := tx.Tree("t")
			if err != nil {
				return err
			}
			if err := tree.Put([]byte("big"), make([]byte, big)); err != nil {
				return err
			}
			if err := tree.Put([]byte("also big"), []byte(strings.Repeat("x", 5000))); err != nil {
				return err
			}
			want, err = dumpTx(tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	mustCheck(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return disk.ReadFile(dbName), want
}

// inspect opens a file that may be damaged in any way, read-only or not, and returns what it holds, whether Check finds
// anything, and the first error.
func inspect(t *testing.T, image []byte, readOnly bool) (got contents, problems int, err error) {
	t.Helper()
	var disk vfs.Mem
	disk.WriteFile(dbName, image)
	db, err := btree.Open(dbName, &btree.Options{FS: &disk, ReadOnly: readOnly, MustExist: true})
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	problems = len(check(t, db))
	got, err = dump(db)
	return got, problems, err
}

// A small file is changed in one byte at a time: in every byte of the headers and ends of all pages, and in every few bytes
// between. The database then holds what it held before, or an error or Check tells; it never panics and never gives a wrong
// answer that Check does not find.
func TestEveryChangedByteIsNoticedOrHarmless(t *testing.T) {
	image, want := smallDatabase(t)
	noticed := 0
	for i := range image {
		if at := i % smallPage; at >= 128 && at < smallPage-32 && at%(37*smallPage/4096) != 0 {
			continue
		}
		image[i] ^= byte(1 + i%255)
		got, problems, err := inspect(t, image, i%2 == 0)
		if err != nil && !errors.Is(err, btree.ErrCorrupt) && !errors.Is(err, btree.ErrNotDatabase) && !errors.Is(err, btree.ErrVersion) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		if err == nil && problems == 0 && !got.equal(want) {
			t.Fatalf("byte %d changed, unnoticed: %s", i, difference(got, want))
		}
		if err != nil || problems > 0 {
			noticed++
		}
		image[i] ^= byte(1 + i%255)
	}
	if noticed == 0 {
		t.Error("no change was noticed")
	}
}

// A file that ends early is refused, wherever it ends.
func TestTruncatedFileIsRefused(t *testing.T) {
	image, _ := smallDatabase(t)
	for n := 0; n < len(image); n += 509 {
		_, _, err := inspect(t, image[:n], n%2 == 0)
		if !errors.Is(err, btree.ErrCorrupt) && !errors.Is(err, btree.ErrNotDatabase) {
			t.Fatalf("a file of %d bytes of %d: %v", n, len(image), err)
		}
	}
}

// When the newest meta is damaged the commit before is still whole, and Check says what happened.
func TestDamagedMetaFallsBackToTheCommitBefore(t *testing.T) {
	var disk vfs.Mem
	l := newLife(12, smallPage)
	db := open(t, &disk, l.opts)
	for range 40 {
		before := l.acked
		if err := l.transaction(db); err != nil {
			t.Fatal(err)
		}
		if db.Close() != nil {
			t.Fatal("close")
		}
		image := disk.ReadFile(dbName)
		damaged := append([]byte{}, image...)
		damaged[newestMeta(image)+20] ^= 1
		got, problems, err := inspect(t, damaged, true)
		if l.acked.equal(before) { // perhaps the transaction changed nothing, and there was no commit
			db = open(t, &disk, l.opts)
			continue
		}
		if len(before) > 0 && (err != nil || !got.equal(before)) {
			t.Fatalf("%v: %s", err, difference(got, before))
		}
		if len(before) > 0 && problems == 0 {
			t.Fatal("check does not tell that the newest meta is damaged")
		}
		db = open(t, &disk, l.opts)
	}
}

// Who opens a file for writing whose newest meta is damaged, and writes nothing, leaves all that the damaged one refers to: it may be
// mended yet.
func TestDamagedMetaCanBeMended(t *testing.T) {
	var disk vfs.Mem
	o := btree.Options{PageSize: smallPage, NoLog: true}
	db := open(t, &disk, o)
	fill(t, db, 10, 10, 1)
	before, err := dump(db)
	succeed(t, err)
	fill(t, db, 5000, 10, 2)
	want, err := dump(db)
	succeed(t, err)
	succeed(t, db.Close())
	image := disk.ReadFile(dbName)
	at := newestMeta(image) + 20
	image[at] ^= 1
	disk.WriteFile(dbName, image)
	db = open(t, &disk, o)
	mustHold(t, db, before)
	succeed(t, db.Close())
	image = disk.ReadFile(dbName)
	image[at] ^= 1
	disk.WriteFile(dbName, image)
	db = open(t, &disk, o)
	mustHold(t, db, want)
	mustCheck(t, db)
}

// A meta that cannot be read may be the newest: that is no reason to go back to the other one.
func TestUnreadableMetaIsNoReasonToGoBack(t *testing.T) {
	for commits := 2; commits < 4; commits++ { // so that the newest meta is in either place
		disk := &vfs.Mem{}
		o := btree.Options{PageSize: smallPage, NoLog: true}
		db := open(t, disk, o)
		for i := range commits {
			fill(t, db, 10, 10, i)
		}
		want, err := dump(db)
		succeed(t, errors.Join(err, db.Close()))
		for nth, reads := 1, math.MaxInt; reads >= nth-1; nth++ { // the run before met its failure
			reads = 0
			o.FS = &vfs.Inject{Base: disk, Hook: func(c vfs.Call) error {
				if c.Op == "read" {
					if reads++; reads == nth {
						return errDisk
					}
				}
				return nil
			}}
			db, err := btree.Open(dbName, &o)
			if err != nil {
				continue
			}
			if got, err := dump(db); err == nil && !got.equal(want) {
				t.Errorf("%d commits, read %d fails: %s", commits, nth, difference(got, want))
			}
			succeed(t, db.Close())
		}
	}
}

// newestMeta returns the offset of the meta with the greater version.
func newestMeta(image []byte) int {
	version := func(off int) (v uint64) {
		for i := 7; i >= 0; i-- {
			v = v<<8 | uint64(image[off+16+i])
		}
		return v
	}
	if version(smallPage) > version(0) {
		return smallPage
	}
	return 0
}

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	image, _ := smallDatabase(t)
	newer := append([]byte{}, image...)
	for _, off := range []int{0, smallPage} {
		newer[off+8] = 9
		btree.ResealMeta(newer[off:])
	}
	cases := map[string]struct {
		file []byte
		want error
	}{
		"empty":         {nil, btree.ErrNotDatabase},
		"text":          {[]byte(strings.Repeat("hello, world\n", 1000)), btree.ErrNotDatabase},
		"SQLite":        {append([]byte("SQLite format 3\x00"), make([]byte, 9000)...), btree.ErrNotDatabase},
		"zeros":         {make([]byte, 5<<20), btree.ErrNotDatabase},
		"magic alone":   {[]byte(btree.Magic), btree.ErrNotDatabase},
		"newer version": {newer, btree.ErrVersion},
	}
	for name, c := range cases {
		for _, o := range []btree.Options{{ReadOnly: true}, {MustExist: true}, {}} {
			if name == "empty" && !o.ReadOnly && !o.MustExist {
				continue // this makes a database
			}
			var disk vfs.Mem
			disk.WriteFile(dbName, c.file)
			o.FS = &disk
			db, err := btree.Open(dbName, &o)
			if !errors.Is(err, c.want) {
				t.Errorf("%s: opened with %+v: %v, want %v", name, o, err, c.want)
			}
			if err == nil {
				_ = db.Close()
			} else if string(disk.ReadFile(dbName)) != string(c.file) {
				t.Errorf("%s: the file was changed", name)
			}
		}
	}
}

// A file without permission to write opens read-only, in a directory without permission too, and nothing in the interface
// writes to it.
func TestReadOnlyNeedsNoPermissionAndCannotWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	image, want := smallDatabase(t)
	path := filepath.Join(dir, dbName)
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(path, image, 0o444), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	db, err := btree.Open(path, &btree.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	second, err := btree.Open(path, &btree.Options{ReadOnly: true})
	if err != nil {
		t.Fatalf("a second reader: %v", err)
	}
	defer func() { _ = second.Close() }()
	mustHold(t, db, want)
	mustCheck(t, db)
	if _, err := db.Begin(true); !errors.Is(err, btree.ErrReadOnly) {
		t.Errorf("Begin for writing returned %v", err)
	}
	if err := db.Update(func(*btree.Tx) error { return nil }); !errors.Is(err, btree.ErrReadOnly) {
		t.Errorf("Update returned %v", err)
	}
	err = db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		_, derr := tree.Delete([]byte("big"))
		_, rerr := tree.DeleteRange(nil, nil)
		_, cerr := tx.CreateTree("u")
		_, serr := tx.Savepoint()
		for _, err := range []error{derr, rerr, cerr, serr, tree.Put(nil, nil), tx.DropTree("t"), tx.RenameTree("t", "u"),
			tree.Load(func(func(k, v []byte) bool) {})} {
			if !errors.Is(err, btree.ErrReadOnly) {
				t.Errorf("a change of a read-only transaction returned %v", err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenOfMissingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	for _, o := range []btree.Options{{ReadOnly: true}, {MustExist: true}} {
		if _, err := btree.Open(path, &o); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("opened with %+v: %v", o, err)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening made a file: %v", err)
	}
}

// Check looks at every tree, and says in which one a page is damaged.
func TestCheckNamesTheDamagedTree(t *testing.T) {
	disk := &vfs.Mem{}
	db := open(t, disk, btree.Options{PageSize: 4096})
	trees := []string{"", "apples", "pears", "quinces"}
	succeed(t, db.Update(func(tx *btree.Tx) error {
		for _, name := range trees {
			tree, err := tx.CreateTree(name)
			for i := range 500 {
				err = errors.Join(err, tree.Put(key64(i), make([]byte, 50)))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	succeed(t, db.Close())
	sound := disk.ReadFile(dbName)
	damaged := map[string]bool{}
	for at := 3 * 4096; at < len(sound); at += 4096 {
		var other vfs.Mem
		other.WriteFile(dbName, sound)
		b := other.ReadFile(dbName)
		b[at+100] ^= 1
		other.WriteFile(dbName, b)
		db, err := btree.Open(dbName, &btree.Options{FS: &other, ReadOnly: true})
		if err != nil {
			continue // it is a page without which nothing can be read
		}
		for _, p := range check(t, db) {
			damaged[p.Tree] = true
		}
		succeed(t, db.Close())
	}
	for _, name := range trees {
		if !damaged[name] {
			t.Errorf("damage in tree %q was never told", name)
		}
	}
}

// Who opens a file for writing whose newest space page is damaged does not believe the one before, by which pages in use are free.
func TestDamagedSpacePageIsRefused(t *testing.T) {
	var disk vfs.Mem
	db := open(t, &disk, btree.Options{PageSize: 4096, NoLog: true})
	for i := range 6 {
		succeed(t, change(t, db, 10, fmt.Sprint(i)).Commit())
	}
	succeed(t, db.Close())
	image := disk.ReadFile(dbName)
	refused := 0
	for place := range 2 { // after the two metas
		damaged := bytes.Clone(image)
		damaged[(2+place)*4096+100] ^= 1
		var other vfs.Mem
		other.WriteFile(dbName, damaged)
		db, err := btree.Open(dbName, &btree.Options{FS: &other})
		switch {
		case errors.Is(err, btree.ErrCorrupt):
			refused++
		case err != nil:
			t.Error(err)
		default:
			mustHold(t, db, rows(10, "5"))
			mustCheck(t, db)
			succeed(t, db.Close())
		}
	}
	if refused != 1 {
		t.Errorf("of two files each with one of its two space pages damaged, %d were refused", refused)
	}
}
