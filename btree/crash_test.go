package btree_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

var errPower = errors.New("the power failed")

// life is a database that is used until the power fails at a call to the disk.
type life struct {
	disk  *vfs.Mem
	p     *program
	opts  btree.Options
	acked contents // the last commit that returned nil
	maybe contents // the commit that was under way, nil when there was none
}

// powerSwitch fails the power at one of the calls that change the disk, of which it counts, and from then on every call. Calls that
// only read are as good a moment as the change before them.
type powerSwitch struct {
	failAt  int
	happens bool // the call at which the power fails happens
	changes int
}

// hook is the Hook of an Inject.
func (p *powerSwitch) hook(c vfs.Call) error {
	if changesDisk(c) {
		p.changes++
	}
	if p.changes > p.failAt || p.changes == p.failAt && !p.happens {
		return errPower
	}
	return nil
}

func changesDisk(c vfs.Call) bool {
	switch c.Op {
	case "write", "sync", "truncate", "syncdir", "rename", "remove", "flush":
		return true
	}
	return false
}

// run opens the database and commits random transactions until change failAt of the disk, and returns how many there were.
// The change at which the power fails may happen or not.
func (l *life) run(failAt, transactions int) (changes int, err error) {
	power := &powerSwitch{failAt: failAt, happens: l.p.r.IntN(2) == 0}
	inject := &vfs.Inject{Base: l.disk, Hook: power.hook}
	defer func() { changes = power.changes }()
	opts := l.opts
	opts.FS = inject
	db, err := btree.Open(dbName, &opts)
	if err != nil {
		return 0, err
	}
	for range transactions {
		if err := l.transaction(db); err != nil {
			return 0, errors.Join(err, db.Close())
		}
	}
	return 0, db.Close()
}

func (l *life) transaction(db *btree.DB) error {
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	l.p.model = l.acked.clone()
	if err := l.p.run(tx, 1+l.p.r.IntN(80)); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	l.maybe = l.p.model
	if err := tx.Commit(); err != nil {
		return err
	}
	l.acked, l.maybe = l.maybe, nil
	return nil
}

// recover cuts the power, opens the database again, and checks that it holds the last acknowledged commit or the one that was
// under way. That is done with a copy of the disk: the next life begins with what the power cut left.
func (l *life) recover(t *testing.T) {
	t.Helper()
	l.disk = l.disk.PowerCut(l.p.r)
	db := open(t, l.disk.PowerCut(l.p.r), l.opts)
	mustCheck(t, db)
	got, err := dump(db)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case got.equal(l.acked):
	case l.maybe != nil && got.equal(l.maybe):
		l.acked = l.maybe
	default:
		t.Fatalf("after a power cut: %s", difference(got, l.acked))
	}
	l.maybe = nil
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// seedEnv names a number that makes the random programs others than usual: a longer test is a loop over such numbers.
const seedEnv = "BTREE_TEST_SEED"

// newRand returns the generator of a random program. The second half of its seed is from the environment.
func newRand(seed uint64) *rand.Rand {
	more, err := strconv.ParseUint(os.Getenv(seedEnv), 10, 64)
	if err != nil {
		more = 2
	}
	return rand.New(rand.NewPCG(seed, more))
}

// newLife returns a life on an empty disk. One in three has no log; that of the others is so small that it is full every few
// transactions. One in four has so little memory that every transaction begins a checkpoint.
func newLife(seed uint64, pageSize int) *life {
	r := newRand(seed)
	opts := btree.Options{PageSize: pageSize, NoLog: seed%3 == 0, LogSize: []int{16 << 10, 64 << 10}[seed%2]}
	if seed%4 == 1 {
		opts.CacheSize = 1
	}
	return &life{disk: &vfs.Mem{}, p: &program{r: r}, acked: contents{}, opts: btree.WriteInline(opts)}
}

// The power fails at each change of the disk in turn: while the file is made, while pages are written, at every sync and at every
// meta. What is found afterwards is a committed state, and at least the last acknowledged one.
func TestPowerCutAtEveryCall(t *testing.T) {
	const transactions = 6
	for seed := range uint64(4) {
		for failAt := 1; ; failAt++ {
			l := newLife(seed, smallPage)
			changes, err := l.run(failAt, transactions)
			if err != nil && !errors.Is(err, errPower) {
				t.Fatalf("seed %d, change %d: %v", seed, failAt, err)
			}
			l.recover(t)
			if changes < failAt {
				if failAt < 30 {
					t.Fatalf("there were only %d changes: the test does not reach the commits", changes)
				}
				break
			}
		}
	}
}

// A database lives through many power cuts, and what one leaves behind does not harm the next life.
func TestManyPowerCuts(t *testing.T) {
	const seeds = 12
	lives := 25
	if testing.Short() {
		lives = 10
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			l := newLife(seed+100, []int{4 << 10, 16 << 10}[seed%2])
			for range lives {
				_, err := l.run(1+l.p.r.IntN(60), 12)
				if err != nil && !errors.Is(err, errPower) {
					t.Fatal(err)
				}
				l.recover(t)
			}
		})
	}
}
