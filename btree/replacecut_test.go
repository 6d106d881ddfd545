package btree_test

import (
	"context"
	"errors"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// The power fails at each change of the disk while a copy takes the place of an older one: one of them is there, whole. Once the call
// has returned it is the newer one.
func TestPowerCutDuringBackup(t *testing.T) {
	const name = "copy.db"
	calls := map[string]func(*btree.DB, context.Context, string) error{"BackupTo": (*btree.DB).BackupTo, "CompactTo": (*btree.DB).CompactTo}
	nothing := func(vfs.Unsynced) bool { return false }
	for call, makeCopy := range calls {
		t.Run(call, func(t *testing.T) {
			mem := &vfs.Mem{}
			holds := func(losing func(vfs.Unsynced) bool) contents {
				t.Helper()
				after := mem.CutPower(losing)
				succeed(t, after.Rename(name, dbName))
				db := open(t, after, btree.Options{ReadOnly: true})
				mustCheck(t, db)
				got, err := dump(db)
				succeed(t, errors.Join(err, db.Close()))
				return got
			}
			moments, looking := 0, false
			disk := &vfs.Inject{Base: mem, Hook: func(c vfs.Call) error {
				if !looking || !changesDisk(c) {
					return nil
				}
				moments++
				for _, losing := range []func(vfs.Unsynced) bool{
					nothing,
					func(u vfs.Unsynced) bool { return u.Change < 0 }, // the new name alone
					func(u vfs.Unsynced) bool { return u.Change >= 0 },
					func(vfs.Unsynced) bool { return true },
				} {
					if got := holds(losing); !got.equal(rows(100, "older")) && !got.equal(rows(100, "newer")) {
						t.Errorf("before %v: %s", c, difference(got, rows(100, "older")))
					}
				}
				return nil
			}}
			db := open(t, disk, btree.Options{PageSize: 4096})
			for _, val := range []string{"older", "newer"} {
				succeed(t, change(t, db, 100, val).Commit())
				looking = val == "newer"
				succeed(t, makeCopy(db, context.Background(), name))
				looking = false
				if got := holds(nothing); !got.equal(rows(100, val)) {
					t.Errorf("after the copy was made: %s", difference(got, rows(100, val)))
				}
			}
			if moments < 4 {
				t.Errorf("there were only %d changes of the disk", moments)
			}
		})
	}
}

// A process that made a file, or gave it its name in place of another, and ended before the folder was synced, leaves a name that a
// power cut may take away. Who opens the file then makes the name durable with the first commit.
func TestFirstCommitMakesTheNameDurable(t *testing.T) {
	made := map[string]func(t *testing.T, disk vfs.FS){
		"by the first open": func(t *testing.T, disk vfs.FS) {
			if _, err := btree.Open(dbName, &btree.Options{FS: disk}); !errors.Is(err, errPower) {
				t.Fatalf("the folder was not synced, and Open returned %v", err)
			}
		},
		"by a backup": func(t *testing.T, disk vfs.FS) {
			db, err := btree.Open("other", &btree.Options{FS: disk.(*vfs.Inject).Base})
			succeed(t, err)
			fill(t, db, 10, 10, 1)
			succeed(t, db.Close())
			db, err = btree.Open("other", &btree.Options{FS: disk, ReadOnly: true})
			succeed(t, err)
			if err := db.BackupTo(t.Context(), dbName); !errors.Is(err, errPower) {
				t.Fatalf("the folder was not synced, and BackupTo returned %v", err)
			}
			succeed(t, db.Close())
		},
	}
	for name, made := range made {
		t.Run(name, func(t *testing.T) {
			disk := &vfs.Mem{}
			made(t, &vfs.Inject{Base: disk, Hook: func(c vfs.Call) error {
				if c.Op == "syncdir" {
					return errPower
				}
				return nil
			}})
			db := open(t, disk, btree.Options{MustExist: true})
			fill(t, db, 20, 30, 2)
			want, err := dump(db)
			succeed(t, err)
			after, err := btree.Open(dbName, &btree.Options{FS: disk.CutPower(func(vfs.Unsynced) bool { return false }), MustExist: true})
			if err != nil {
				t.Fatalf("a commit returned, and after a power cut: %v", err)
			}
			mustHold(t, after, want)
			mustCheck(t, after)
		})
	}
}
