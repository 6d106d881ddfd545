package btree_test

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// How often TestKilledProcessLosesNothing kills a process:
//
//	go test ./btree -run TestKilledProcessLosesNothing -timeout 0 -v -kills 1000
var (
	killCount = flag.Int("kills", 0, "how many processes TestKilledProcessLosesNothing kills, 0 for a few")
	killSeed  = flag.Uint64("kills.seed", 0, "the seed of TestKilledProcessLosesNothing, 0 for one by the clock")
)

// killEnv tells a child program which of its lives it lives.
const killEnv = "BTREE_TEST_LIFE"

// killers is how many goroutines of the child commit at the same time.
const killers = 4

// killedLife is one life of a process that commits until it is killed.
type killedLife struct {
	Seed, Life uint64
	DiskCall   int // the call to the disk at which the process kills itself, 0: another does it
}

func (k killedLife) String() string { return fmt.Sprint(k.Seed, " ", k.Life, " ", k.DiskCall) }

// options returns how the process opens the database.
func (k killedLife) options() btree.Options {
	r := rand.New(rand.NewPCG(k.Seed, k.Life))
	opts := btree.Options{
		PageSize:    []int{4 << 10, 16 << 10, 64 << 10}[k.Seed%3],
		NoSync:      r.IntN(2) == 0, // which loses nothing when only the process ends
		NoLog:       r.IntN(5) == 0,
		LogSize:     []int{0, 64 << 10, 1 << 20}[r.IntN(3)],
		NoMap:       r.IntN(6) == 0,
		CacheSize:   []int{0, 1}[r.IntN(2)],
		LockTimeout: time.Minute,
	}
	opts.FS = &vfs.Inject{Base: vfs.OS{}, Hook: func(c vfs.Call) error {
		if c.N == k.DiskCall {
			return killMyself()
		}
		return nil
	}}
	return opts
}

func killMyself() error {
	me, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	if err := me.Kill(); err != nil {
		return err
	}
	select {} // until it has happened
}

// childKilled commits until it is killed, from several goroutines, and prints the number of each commit after it returned. Now
// and then it compacts the file or makes a checkpoint, and says so first.
func childKilled(path string) error {
	var k killedLife
	if _, err := fmt.Sscan(os.Getenv(killEnv), &k.Seed, &k.Life, &k.DiskCall); err != nil {
		return err
	}
	opts := k.options()
	db, err := btree.Open(path, &opts)
	if err != nil {
		return err
	}
	fmt.Println("open")
	if k.Life%3 == 0 {
		return k.commitBlind(db)
	}
	ended := make(chan error)
	for i := range uint64(killers) {
		go func() { ended <- k.commit(db, rand.New(rand.NewPCG(k.Seed+i, k.Life))) }()
	}
	return <-ended
}

// commit makes commits for ever.
func (k killedLife) commit(db *btree.DB, r *rand.Rand) error {
	for {
		n := uint64(0)
		change := func(tx *btree.Tx) (err error) {
			n, err = k.advance(tx)
			return err
		}
		do := db.Update
		if r.IntN(3) > 0 {
			do = db.Batch
		}
		if err := do(change); err != nil {
			return err
		}
		fmt.Println("commit", n)
		var err error
		switch r.IntN(150) {
		case 0:
			fmt.Println("compact")
			err = db.Compact(context.Background())
		case 1:
			fmt.Println("checkpoint")
			err = db.Checkpoint()
		}
		if err != nil {
			return err
		}
	}
}

// commitBlind makes commits for ever, most of which look at nothing.
func (k killedLife) commitBlind(db *btree.DB) error {
	for n := uint64(0); ; n++ {
		err := db.Update(func(tx *btree.Tx) (err error) {
			if n == 0 {
				n, err = k.advance(tx)
				return err
			}
			tree, err := tx.Tree("t")
			if err != nil {
				return err
			}
			return killedCommit(k.Seed, n, changedTree{tree})
		})
		if err != nil {
			return err
		}
		fmt.Println("commit", n)
	}
}

// advance makes the next commit and returns its number.
func (k killedLife) advance(tx *btree.Tx) (uint64, error) {
	tree, err := tx.Tree("t")
	if errors.Is(err, btree.ErrNoTree) {
		tree, err = tx.CreateTree("t")
	}
	if err != nil {
		return 0, err
	}
	old, _, err := tree.Get([]byte("n"))
	if err != nil {
		return 0, err
	}
	n := uint64(1)
	if old != nil {
		n = binary.BigEndian.Uint64(old) + 1
	}
	return n, killedCommit(k.Seed, n, changedTree{tree})
}

// changed is what the commits of a process that is killed change: a tree, or a map that has to equal it.
type changed interface {
	put(key string, val []byte) error
	remove(key string) error
	removeRange(lo, hi string) error
}

// killedCommit makes commit n: most change little, some more than fits in the log.
func killedCommit(seed, n uint64, c changed) error {
	r := rand.New(rand.NewPCG(seed, n))
	key := func() string { return fmt.Sprintf("key%05d", r.IntN(20_000)) }
	value := func(most int) []byte { return []byte(strings.Repeat(string(rune('a'+n%26)), r.IntN(most))) }
	puts, removes := 1, 0
	errs := []error{c.put("n", binary.BigEndian.AppendUint64(nil, n))}
	switch kind := r.IntN(64); {
	case kind == 0:
		puts = 3000
	case kind == 1:
		errs = append(errs, c.put(key(), value(500_000)))
	case kind <= 3:
		from := r.IntN(20_000)
		errs = append(errs, c.removeRange(fmt.Sprintf("key%05d", from), fmt.Sprintf("key%05d", from+r.IntN(8000))))
	case kind < 16:
		puts, removes = r.IntN(60), r.IntN(60)
	}
	for range puts {
		errs = append(errs, c.put(key(), value(200)))
	}
	for range removes {
		errs = append(errs, c.remove(key()))
	}
	return errors.Join(errs...)
}

type changedTree struct{ *btree.Tree }

func (t changedTree) put(key string, val []byte) error { return t.Put([]byte(key), val) }
func (t changedTree) remove(key string) error          { return t.Remove([]byte(key)) }
func (t changedTree) removeRange(lo, hi string) error {
	_, err := t.DeleteRange([]byte(lo), []byte(hi))
	return err
}

type changedMap map[string]string

func (m changedMap) put(key string, val []byte) error {
	m[key] = string(val)
	return nil
}

func (m changedMap) remove(key string) error {
	delete(m, key)
	return nil
}

func (m changedMap) removeRange(lo, hi string) error {
	for k := range m {
		if k >= lo && k < hi {
			delete(m, k)
		}
	}
	return nil
}

// victim is a file whose writers are killed, and what it has to hold.
type victim struct {
	path    string
	seed    uint64
	r       *rand.Rand
	commits uint64
	model   changedMap
}

// A process that is killed while it commits, from several goroutines, alone and in batches, little and more than the log holds,
// while it compacts and while it makes a checkpoint, leaves every commit that it acknowledged, whole, and no lock. It is killed
// by another after a random event, or by itself before a random call to the disk.
func TestKilledProcessLosesNothing(t *testing.T) {
	kills := *killCount
	if kills == 0 {
		kills = 16
		if testing.Short() {
			kills = 6
		}
	}
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-kills.seed %d", seed)
	began := time.Now()
	var left, commits atomic.Int64
	left.Store(int64(kills))
	var group sync.WaitGroup
	for range max(2, runtime.GOMAXPROCS(0)) {
		s := seed
		seed++
		dir := t.TempDir()
		group.Go(func() {
			v := &victim{seed: s, r: rand.New(rand.NewPCG(s, 78))}
			for life := uint64(0); left.Add(-1) >= 0 && !t.Failed(); life++ {
				if life%100 == 0 {
					commits.Add(int64(v.commits))
					v.path, v.commits, v.model = filepath.Join(dir, fmt.Sprint(life)), 0, changedMap{}
				}
				if err := v.live(t, life); err != nil {
					t.Errorf("-kills.seed %d, life %d: %v", s, life, err)
				}
			}
			commits.Add(int64(v.commits))
		})
	}
	group.Wait()
	t.Logf("%d kills, %d commits in %v", kills, commits.Load(), time.Since(began).Round(time.Second/10))
	if !t.Failed() && commits.Load() < int64(kills) {
		t.Errorf("only %d commits were made", commits.Load())
	}
}

// live starts a process that commits, kills it, and looks at what it leaves.
func (v *victim) live(t *testing.T, life uint64) error {
	k := killedLife{Seed: v.seed, Life: life}
	events := v.r.IntN([]int{10, 100, 1000}[v.r.IntN(3)])
	if v.r.IntN(2) == 0 {
		k.DiskCall, events = 1+v.r.IntN([]int{30, 300, 3000}[v.r.IntN(3)]), 100_000
	}
	cmd, _, out := startChild(t, "killed", v.path, killEnv+"="+k.String())
	acked := v.commits
	read := func() bool {
		if !out.Scan() {
			return false
		}
		var n uint64
		switch _, err := fmt.Sscanf(out.Text(), "commit %d", &n); {
		case err == nil:
			acked = max(acked, n)
		case strings.HasPrefix(out.Text(), "child:"):
			t.Error(out.Text())
		}
		return true
	}
	for range events {
		if !read() {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	for read() { // what it printed before it was killed
	}
	_ = cmd.Wait()
	return v.verify(acked)
}

// verify looks for every acknowledged commit and takes what was made beyond.
func (v *victim) verify(acked uint64) (err error) {
	if _, err := os.Stat(v.path); err != nil && acked == 0 {
		return nil // it was killed before there was a file
	}
	db, err := btree.Open(v.path, &btree.Options{LockTimeout: time.Minute})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	got, err := dump(db)
	if err != nil {
		return err
	}
	n := uint64(0)
	if b := got["t"]["n"]; b != "" {
		n = binary.BigEndian.Uint64([]byte(b))
	}
	if n < acked || n > acked+killers {
		return fmt.Errorf("commit %d was acknowledged and the file holds %d", acked, n)
	}
	for v.commits < n {
		v.commits++
		if err := killedCommit(v.seed, v.commits, v.model); err != nil {
			return err
		}
	}
	want := contents{}
	if n > 0 {
		want["t"] = v.model
	}
	if !got.equal(want) {
		return fmt.Errorf("commit %d: %s", n, difference(got, want))
	}
	return checked(db)
}
