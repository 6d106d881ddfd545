//go:build !btree_nolog

package btree_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// turnLife commits blindly to a log that is full after every few commits, until a call to the disk fails.
type turnLife struct {
	acked int // the last commit that returned nil
	tried int
}

// turnKeys is how many keys the commits write in turn: more than a leaf holds.
const turnKeys = 64

// run commits until all is done or the power fails at change failAt, and looks at what there is now and then, with a reader that
// makes the trees catch up with commits before and after a turn.
func (l *turnLife) run(disk *vfs.Mem, failAt, commits int) (changes int, err error) {
	power := &powerSwitch{failAt: failAt, happens: failAt%2 == 0}
	o := btree.WriteInline(btree.Options{PageSize: 4096, LogSize: 64 << 10, FS: &vfs.Inject{Base: disk, Hook: power.hook}})
	db, err := btree.Open(dbName, &o)
	if err != nil {
		return power.changes, err
	}
	err = db.Update(func(tx *btree.Tx) error {
		_, err := tx.CreateTree("t")
		return err
	})
	for i := 1; i <= commits && err == nil; i++ {
		l.tried = i
		kvs := []string{"last", fmt.Sprint(i)}
		for j := range 8 {
			kvs = append(kvs, fmt.Sprint("key", (8*i+j)%turnKeys), fmt.Sprint(i, strings.Repeat("x", 900)))
		}
		if err = putBlind(db, kvs...); err == nil {
			l.acked = i
			if i%7 == 0 {
				err = db.View(func(tx *btree.Tx) error { return mustBe(tx, "last", fmt.Sprint(i)) })
			}
		}
	}
	if err != nil {
		err = errors.Join(err, db.Close())
	} else {
		err = db.Abandon()
	}
	return power.changes, err
}

// The log turns while the trees do not have what is in its full half, again and again, and the power fails at each change of the
// disk: in a record of either half, while the trees catch up with the half before, and in its checkpoint. Every commit that
// returned is there, and each whole.
func TestPowerCutWhileTheLogTurns(t *testing.T) {
	const commits = 40
	r := newRand(31)
	step := 1
	if testing.Short() {
		step = 5
	}
	for failAt := 1; ; failAt += step {
		disk, l := &vfs.Mem{}, turnLife{}
		changes, err := l.run(disk, failAt, commits)
		if err != nil && !errors.Is(err, errPower) {
			t.Fatalf("change %d: %v", failAt, err)
		}
		l.mustHold(t, disk.PowerCut(r), failAt)
		if changes < failAt {
			if l.acked != commits || failAt < commits {
				t.Fatalf("%d commits after %d changes", l.acked, changes)
			}
			return
		}
	}
}

func (l *turnLife) mustHold(t *testing.T, disk *vfs.Mem, failAt int) {
	t.Helper()
	if l.acked == 0 {
		return // there may be no tree yet
	}
	db := open(t, disk, btree.Options{})
	mustCheck(t, db)
	got, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	last := l.acked
	if got["t"]["last"] == fmt.Sprint(l.tried) {
		last = l.tried
	}
	want := map[string]string{"last": fmt.Sprint(last)}
	for i := range last {
		for j := range 8 {
			want[fmt.Sprint("key", (8*(i+1)+j)%turnKeys)] = fmt.Sprint(i+1, strings.Repeat("x", 900))
		}
	}
	if c := (contents{"t": want}); !got.equal(c) {
		t.Fatalf("the power failed at change %d, after commit %d of %d: %s", failAt, l.acked, l.tried, difference(got, c))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// Blind commits go on in the other half of the log while nobody looks: the commit for which there is no room in a half does not make
// the trees catch up with itself.
func TestBlindCommitsTurnTheLog(t *testing.T) {
	db := open(t, &vfs.Mem{}, btree.Options{PageSize: 4096, LogSize: 64 << 10})
	fill(t, db, 100, 20, 0)
	turns, half := 0, btree.LogHalf(db)
	for i := range 200 {
		if err := putBlind(db, fmt.Sprint(i), strings.Repeat("y", 900)); err != nil {
			t.Fatal(err)
		}
		if now := btree.LogHalf(db); now != half {
			half, turns = now, turns+1
		}
		if db.Backlog() == 0 {
			t.Fatalf("commit %d is not in the backlog", i)
		}
	}
	if turns < 5 || turns > 7 {
		t.Errorf("the log turned %d times for 200 commits of 900 bytes in halves of 32768", turns)
	}
	mustCheck(t, db)
}
