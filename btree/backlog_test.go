//go:build !btree_nolog

package btree_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// putBlind commits a transaction that only puts.
func putBlind(db *btree.DB, kvs ...string) error {
	return db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		for i := 0; i < len(kvs); i += 2 {
			if err := tree.Put([]byte(kvs[i]), []byte(kvs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
}

// withBacklog returns a database with commits that its trees do not have yet, and what it should hold.
func withBacklog(t *testing.T, fs vfs.FS, o btree.Options) (*btree.DB, contents) {
	t.Helper()
	if btree.NeverLog {
		t.Skip("this build has no log")
	}
	o.PageSize, o.LogSize = 4096, 256<<10
	db := open(t, fs, o)
	fill(t, db, 300, 20, 0)
	want, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		k, v := fmt.Sprint("blind", i%20), fmt.Sprint("value", i)
		if err := putBlind(db, k, v); err != nil {
			t.Fatal(err)
		}
		want["t"][k] = v
	}
	err = db.Update(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		return errors.Join(tree.Remove([]byte("blind3")), tree.Remove([]byte("there is none")), tree.Put([]byte("blind4"), nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	delete(want["t"], "blind3")
	want["t"]["blind4"] = ""
	if db.Backlog() == 0 {
		t.Fatal("no commit is in the backlog: the test tests nothing")
	}
	return db, want
}

// Whoever looks at a database sees all commits that returned, whether the trees had them before or not.
func TestBacklogIsSeen(t *testing.T) {
	looks := map[string]func(*btree.DB, contents) (contents, error){
		"view":   func(db *btree.DB, _ contents) (contents, error) { return dump(db) },
		"backup": backupAndDump,
		"write transaction": func(db *btree.DB, _ contents) (c contents, err error) {
			err = db.Update(func(tx *btree.Tx) error {
				c, err = dumpTx(tx)
				return err
			})
			return c, err
		},
		"put and look": func(db *btree.DB, want contents) (c contents, err error) {
			err = db.Update(func(tx *btree.Tx) error {
				tree, err := tx.Tree("t")
				if err == nil {
					err = errors.Join(tree.Put([]byte("mine"), []byte("!")), tree.Put([]byte("long"), bytes.Repeat([]byte("x"), 5000)))
				}
				if err == nil {
					c, err = dumpTx(tx)
				}
				return err
			})
			want["t"]["mine"], want["t"]["long"] = "!", strings.Repeat("x", 5000)
			return c, err
		},
		"savepoint": func(db *btree.DB, _ contents) (c contents, err error) {
			err = db.Update(func(tx *btree.Tx) error {
				if _, err := tx.Savepoint(); err != nil {
					return err
				}
				c, err = dumpTx(tx)
				return err
			})
			return c, err
		},
		"checkpoint": func(db *btree.DB, _ contents) (contents, error) {
			err := db.Checkpoint()
			c, dumped := dump(db)
			return c, errors.Join(err, dumped)
		},
		"compact": func(db *btree.DB, _ contents) (contents, error) {
			err := db.Compact(context.Background())
			c, dumped := dump(db)
			return c, errors.Join(err, dumped)
		},
		"kept version": func(db *btree.DB, _ contents) (contents, error) {
			if err := db.Keep("k"); err != nil {
				return nil, err
			}
			tx, err := db.BeginVersion("k")
			if err != nil {
				return nil, err
			}
			defer tx.Rollback()
			return dumpTx(tx)
		},
	}
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			disk := &vfs.Mem{}
			db, want := withBacklog(t, disk, btree.Options{})
			got, err := look(db, want)
			if err != nil {
				t.Fatal(err)
			}
			if !got.equal(want) {
				t.Fatal(difference(got, want))
			}
			mustCheck(t, db)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			mustHold(t, open(t, disk, btree.Options{}), want)
		})
	}
}

func backupAndDump(db *btree.DB, _ contents) (contents, error) {
	var b bytes.Buffer
	if err := db.Backup(context.Background(), &b); err != nil {
		return nil, err
	}
	disk := &vfs.Mem{}
	disk.WriteFile(dbName, b.Bytes())
	copied, err := btree.Open(dbName, &btree.Options{FS: disk, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	c, err := dump(copied)
	return c, errors.Join(err, copied.Close())
}

// What is in the backlog survives a clean close and a crash, and other handles see it.
func TestBacklogSurvives(t *testing.T) {
	disk := &vfs.Mem{}
	db, want := withBacklog(t, disk, btree.Options{})
	mustHold(t, open(t, disk.Clone(), btree.Options{}), want)
	mustHold(t, open(t, disk.Clone(), btree.Options{ReadOnly: true}), want)
	mustHold(t, open(t, disk, btree.Options{ReadOnly: true}), want)
	if db.Backlog() == 0 {
		t.Fatal("the backlog is empty before the close")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	mustHold(t, open(t, disk, btree.Options{}), want)
}

// A commit whose keys belong to a damaged page fails. Others do not, and reading goes on beside it, also when pages next to the
// damaged one become empty or too full.
func TestBlindCommitNoticesDamage(t *testing.T) {
	if btree.NeverLog {
		t.Skip("this build has no log")
	}
	changes := map[string]func(*btree.Tree, []byte) error{
		"grow":   func(tree *btree.Tree, key []byte) error { return tree.Put(key, make([]byte, 60)) },
		"shrink": func(tree *btree.Tree, key []byte) error { return tree.Put(key, nil) },
		"remove": (*btree.Tree).Remove,
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			disk := &vfs.Mem{}
			db := open(t, disk, btree.Options{PageSize: 4096})
			fill(t, db, 4000, 20, 0)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			damageLeafOf(t, disk, key64(1000))
			db = open(t, disk, btree.Options{LogSize: 256 << 10})
			failed := 0
			for n := range 2000 {
				err := db.Update(func(tx *btree.Tx) error {
					tree, err := tx.Tree("t")
					if err != nil {
						return err
					}
					return change(tree, key64(n))
				})
				if errors.Is(err, btree.ErrCorrupt) {
					failed++
				} else if err != nil {
					t.Fatal(err)
				}
			}
			if db.Backlog() == 0 {
				t.Fatal("no commit is in the backlog: the test tests nothing")
			}
			if failed == 0 || failed > 200 {
				t.Errorf("%d of 2000 commits met the damage", failed)
			}
			if err := db.View(func(*btree.Tx) error { return nil }); err != nil {
				t.Errorf("reading after commits next to a damaged page: %v", err)
			}
		})
	}
}

// damageLeafOf changes a byte of the leaf that has a key.
func damageLeafOf(t *testing.T, disk *vfs.Mem, key []byte) {
	t.Helper()
	file, damaged := disk.ReadFile(dbName), 0
	for no := 4; no < len(file)/4096; no++ {
		p := file[no*4096 : (no+1)*4096]
		if at := bytes.Index(p, append(bytes.Clone(key[6:]), make([]byte, 8)...)); at > 0 && p[4] == 1 {
			p[at+20] ^= 1
			damaged++
		}
	}
	if damaged != 1 {
		t.Fatalf("%d leaves were damaged", damaged)
	}
	disk.WriteFile(dbName, file)
}

// A goroutine sees what it has committed, however many others commit blindly, look, or make the trees catch up.
func TestBacklogBesideReaders(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: 4096, LogSize: 128 << 10})
	fill(t, db, 100, 20, 0)
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			for i := range 150 {
				k, v := fmt.Sprint("goroutine", g), fmt.Sprint(i)
				if err := putBlind(db, k, v, fmt.Sprint(k, i), v); err != nil {
					t.Error(err)
					return
				}
				if i%(1+g*g) != 0 {
					continue
				}
				see := db.View
				if g%2 == 1 {
					see = db.Update
				}
				err := see(func(tx *btree.Tx) error { return mustBe(tx, k, v) })
				if err != nil {
					t.Errorf("goroutine %d, commit %d: %v", g, i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	mustCheck(t, db)
}

func mustBe(tx *btree.Tx, key, want string) error {
	tree, err := tx.Tree("t")
	if err != nil {
		return err
	}
	got, _, err := tree.Get([]byte(key))
	if err == nil && string(got) != want {
		err = fmt.Errorf("%q is %q, want %q", key, got, want)
	}
	return err
}

// However much is put blindly, the backlog stays short.
func TestBacklogIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("writes some megabytes")
	}
	db := open(t, &vfs.Mem{}, btree.Options{LogSize: 64 << 20})
	fill(t, db, 100, 20, 0)
	value := strings.Repeat("v", 100_000)
	const most = 32 << 20
	for i := range 500 {
		if err := putBlind(db, string(binary.BigEndian.AppendUint32(nil, uint32(i))), value[:2000], fmt.Sprint(i), value[:2000]); err != nil {
			t.Fatal(err)
		}
		kvs := make([]string, 0, 100)
		for j := range 50 {
			kvs = append(kvs, fmt.Sprint(i, j), value[:3000])
		}
		if err := putBlind(db, kvs...); err != nil {
			t.Fatal(err)
		}
		if n := db.Backlog(); n > most {
			t.Fatalf("the backlog has %d bytes after %d commits", n, 2*i)
		}
	}
	mustCheck(t, db)
}
