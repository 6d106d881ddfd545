package btree_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// held is a read-only transaction that is open while others write, and what it must show.
type held struct {
	tx   *btree.Tx
	want contents
}

// state is what a database holds, in its newest version and in the kept ones. The trees of kept versions are not changed.
type state struct {
	trees contents
	kept  map[string]contents
}

func (s state) clone() state { return state{s.trees.clone(), maps.Clone(s.kept)} }

// world is a database with its disk, from when it is made until somebody had enough.
type world struct {
	soak *soak
	r    *rand.Rand
	p    *program
	disk *vfs.Mem
	opts btree.Options
	most int // changes in a transaction: most worlds are small, so that there are many

	acked   state  // the last commit that returned nil
	durable *state // what a crash leaves of it when the last commits were delayed, nil when there is nothing to lose
	maybe   *state // what a commit under way makes of it, nil when there is none
	held    []held
	past    map[uint64]contents     // what versions hold that the history may keep
	told    atomic.Pointer[[]state] // one of these a crash leaves: for those who look from other goroutines
	cuts    *cutter                 // what a power cut would leave is looked at during the lives, if not nil
}

func newWorld(seed uint64, s *soak) *world {
	r := rand.New(rand.NewPCG(seed, 77))
	w := &world{soak: s, r: r, p: &program{r: r}, disk: &vfs.Mem{}, acked: state{trees: contents{}, kept: map[string]contents{}}, past: map[uint64]contents{}}
	w.most = []int{12, 12, 12, 120}[r.IntN(4)]
	w.opts = btree.WriteInline(w.opts)
	w.opts.PageSize = []int{16 << 10, 64 << 10, 4 << 10}[min(r.IntN(16), 2)]
	if r.IntN(8) == 0 {
		w.cuts = newCutter(w, seed)
	}
	return w
}

// setOptions chooses how the database is opened next. A log is so small that it is full every few transactions, or of the usual
// size.
func (w *world) setOptions() {
	w.opts.CacheSize = []int{1, 0, 300_000}[w.r.IntN(3)]
	w.opts.WriteBuffer = []int{0, 1, 20_000}[w.r.IntN(3)]
	w.opts.History = []int{0, 0, 3}[w.r.IntN(3)]
	w.opts.NoLog = w.r.IntN(4) == 0
	w.opts.Exclusive = w.r.IntN(6) == 0
	w.opts.LogSize = []int{0, 16 << 10, 64 << 10, 1 << 20}[w.r.IntN(4)]
	w.opts.MaxSize = []int64{0, 1 << 20, 3 << 20}[max(w.r.IntN(14)-11, 0)]
}

// live lets the world live some lives, each of which ends by being closed, by a power cut, or by a crash of the process alone, after
// which the disk holds what was written and not synced, too.
func (w *world) live() error {
	for life := range 6 {
		w.setOptions()
		end := w.r.IntN(8)
		closed, killed := end < 2, end == 2
		failAt := 1 + w.r.IntN([]int{6, 60}[w.r.IntN(2)]) // often while the file is opened
		if closed {
			failAt = math.MaxInt
		}
		err := w.run(failAt)
		if err != nil && !errors.Is(err, errPower) {
			return fmt.Errorf("life %d, %+v: %w", life, w.opts, err)
		}
		if !killed {
			w.disk = w.disk.PowerCut(w.r) // which changes nothing that is durable
		}
		if err != nil && !killed {
			w.soak.cuts.Add(1)
		}
		if err := w.survived(killed); err != nil {
			return fmt.Errorf("life %d, %+v, ended at change %d, killed %v: %w", life, w.opts, failAt, killed, err)
		}
	}
	return nil
}

// run uses the database until the power fails at change failAt of the disk, or for a while.
func (w *world) run(failAt int) error {
	power := &powerSwitch{failAt: failAt, happens: w.r.IntN(2) == 0}
	opts := w.opts
	opts.FS = &vfs.Inject{Base: w.disk, Hook: w.watched(power.hook)}
	w.soak.opens.Add(1)
	w.tell()
	db, err := btree.Open(dbName, &opts)
	if err != nil {
		return errors.Join(err, w.cuts.failure())
	}
	if w.maybe != nil { // a commit that had not returned before a kill is seen, and so it is durable
		w.acked, w.maybe = *w.maybe, nil
	}
	w.tell()
	if err := w.forget(db); err != nil {
		return errors.Join(err, db.Close(), w.cuts.failure())
	}
	return errors.Join(w.use(db), w.cuts.failure())
}

// use makes some steps with the database, and closes it.
func (w *world) use(db *btree.DB) error {
	for range 5 + w.r.IntN(20) {
		err := w.step(db)
		if errors.Is(err, btree.ErrFull) && w.opts.MaxSize > 0 {
			w.maybe = nil // it did not happen
			w.tell()
			err = w.unchanged(db, err) // the power may fail here, too
		}
		if err != nil {
			w.release()
			if closed := db.Close(); !errors.Is(err, errPower) {
				err = errors.Join(err, closed)
			}
			return err
		}
	}
	if err := w.release(); err != nil {
		return errors.Join(err, db.Close())
	}
	if w.r.IntN(3) == 0 {
		return db.Abandon()
	}
	return w.commit(w.acked, db.Close)
}

// unchanged compares what the database holds after a step that failed with what it held before.
func (w *world) unchanged(db *btree.DB, failed error) error {
	got, err := dump(db)
	if err != nil {
		return fmt.Errorf("after %v: %w", failed, err)
	}
	if !got.equal(w.acked.trees) {
		return fmt.Errorf("after %v: %s", failed, difference(got, w.acked.trees))
	}
	return nil
}

// step does something with the database as a whole.
func (w *world) step(db *btree.DB) error {
	name := string(rune('a' + w.r.IntN(3)))
	switch w.r.IntN(24) {
	case 0:
		return w.keep(db, name)
	case 1:
		return w.drop(db, name)
	case 2:
		return w.compareKept(db, name)
	case 3:
		return w.compact(db)
	case 4:
		return w.copy(db)
	case 5:
		return w.hold(db)
	case 6:
		return w.release()
	case 7:
		if w.r.IntN(2) == 0 {
			return w.commit(w.acked, db.Checkpoint)
		}
		return w.commit(w.acked, db.Sync)
	case 8, 9:
		return w.blind(db)
	case 10:
		return w.within(db.Batch)
	case 11:
		return w.within(db.Update)
	case 12:
		return w.rareStep(db)
	}
	before := w.acked
	if err := w.transaction(db); err != nil {
		return err
	}
	if w.opts.History > 0 && w.r.IntN(4) == 0 && !before.trees.equal(w.acked.trees) {
		return w.commit(state{before.trees, w.acked.kept}, func() error { return db.Undo(1) })
	}
	return nil
}

// commit does what makes another state of the present one, if it succeeds.
func (w *world) commit(next state, do func() error) error {
	w.maybe = &next
	w.tell()
	err := do()
	if err == nil {
		w.soak.commits.Add(1)
		w.acked, w.durable, w.maybe = next, nil, nil
	}
	w.tell()
	return err
}

// delay ends a transaction that makes another state of the present one, so that a crash may lose it.
func (w *world) delay(db *btree.DB, tx *btree.Tx, next state) error {
	before, version := w.afterCrash(), tx.Version()
	w.maybe = &next // memory may be short
	w.tell()
	defer w.tell()
	if err := tx.Delay(); err != nil {
		return err
	}
	w.remember(version, next.trees, w.acked.trees)
	w.acked, w.durable, w.maybe = next, &before, nil
	snapshot, err := db.Snapshot()
	if err != nil {
		return err
	}
	defer snapshot.Rollback()
	if snapshot.Version() >= version {
		w.durable = nil
	}
	return w.compareSome(snapshot, w.afterCrash().trees)
}

// tell makes known what a crash leaves.
func (w *world) tell() {
	states := []state{w.afterCrash()}
	if w.maybe != nil {
		states = append(states, *w.maybe)
	}
	w.told.Store(&states)
}

// afterCrash returns what a crash leaves.
func (w *world) afterCrash() state {
	if w.durable != nil {
		return *w.durable
	}
	return w.acked
}

var errEnough = errors.New("rolled back on purpose")

func (w *world) transaction(db *btree.DB) error {
	next := w.acked.clone()
	w.p.model = next.trees
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	err = w.changes(tx)
	for err == nil && w.r.IntN(4) == 0 {
		if err = w.subcommit(db, tx); err == nil {
			err = w.changes(tx)
		}
	}
	next.trees = w.p.model // a rollback to a savepoint replaces it
	if err != nil {
		back := tx.Rollback()
		if errors.Is(err, errEnough) {
			return errors.Join(back, db.View(func(tx *btree.Tx) error { return w.compareSome(tx, w.acked.trees) }))
		}
		return errors.Join(err, back)
	}
	if w.opts.MaxSize == 0 && w.r.IntN(3) == 0 { // a full file makes durable what was delayed
		err = w.delay(db, tx, next)
	} else {
		version, before := tx.Version(), w.acked.trees
		if err = w.commit(next, tx.Commit); err == nil {
			w.remember(version, next.trees, before)
		}
	}
	if err != nil {
		return err
	}
	if w.r.IntN(3) > 0 {
		return nil
	}
	return db.View(func(tx *btree.Tx) error { return w.compareSome(tx, w.acked.trees) })
}

// blind makes a few transactions one after another that put and remove, and look at nothing.
func (w *world) blind(db *btree.DB) error {
	names := slices.Sorted(maps.Keys(w.acked.trees))
	for range w.r.IntN(8) {
		if len(names) == 0 {
			return nil
		}
		name := names[w.r.IntN(len(names))]
		next := w.acked.clone()
		tx, err := db.Begin(true)
		if err != nil {
			return err
		}
		tree, err := tx.Tree(name)
		for n := w.r.IntN(w.most); n > 0 && err == nil; n-- {
			k := w.p.key()
			if w.r.IntN(3) == 0 {
				delete(next.trees[name], k)
				err = tree.Remove([]byte(k))
				continue
			}
			next.trees[name][k] = w.p.value()
			err = tree.Put([]byte(k), []byte(next.trees[name][k]))
		}
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := w.commit(next, tx.Commit); err != nil {
			return err
		}
	}
	return nil
}

// subcommit shows what a transaction changed so far to a reader, which stays or ends, and to nobody who asks for what is durable.
func (w *world) subcommit(db *btree.DB, tx *btree.Tx) error {
	if err := tx.Subcommit(); err != nil || w.opts.Exclusive {
		return err
	}
	if w.r.IntN(4) == 0 {
		snapshot, err := db.Snapshot()
		if err != nil {
			return err
		}
		if err := errors.Join(w.compareSome(snapshot, w.afterCrash().trees), snapshot.Rollback()); err != nil {
			return fmt.Errorf("durable during a sub-commit: %w", err)
		}
	}
	reader, err := db.Begin(false)
	if err != nil {
		return err
	}
	w.held = append(w.held, held{reader, w.p.model.clone()})
	if err := w.compareSome(reader, w.p.model); err != nil {
		return fmt.Errorf("after a sub-commit: %w", err)
	}
	if w.r.IntN(2) == 0 {
		return w.release()
	}
	return nil
}

// changes makes random changes in a transaction, and looks at what it shows.
func (w *world) changes(tx *btree.Tx) error {
	n := 1 + w.r.IntN(w.most)
	w.soak.changes.Add(int64(n))
	if err := w.p.run(tx, n); err != nil {
		return err
	}
	if w.r.IntN(3) == 0 {
		if err := w.bulk(tx); err != nil {
			return err
		}
	}
	if w.r.IntN(4) == 0 {
		if err := w.compareSome(tx, w.p.model); err != nil {
			return fmt.Errorf("in the transaction: %w", err)
		}
	}
	if w.r.IntN(6) == 0 {
		return errEnough
	}
	return nil
}

// bulk uses the calls that take many keys at once, and streams.
func (w *world) bulk(tx *btree.Tx) error {
	name, tree, err := w.p.tree(tx)
	if err != nil {
		return err
	}
	m := w.p.model[name]
	batch := map[string]string{}
	for range w.r.IntN(w.most) {
		batch[w.p.key()] = w.p.value()
	}
	w.soak.changes.Add(int64(len(batch)))
	if err := tree.PutAll(pairs(batch)); err != nil {
		return err
	}
	maps.Copy(m, batch)
	var gone [][]byte
	want := uint64(0)
	for range w.r.IntN(20) {
		k := w.p.key()
		if _, ok := m[k]; ok {
			want++
			delete(m, k)
		}
		gone = append(gone, []byte(k))
	}
	if n, err := tree.DeleteAll(slices.Values(gone)); err != nil || n != want {
		return fmt.Errorf("DeleteAll removed %d keys, %w; want %d", n, err, want)
	}
	most := []int{100_000, 10_000, 10_000, 1000}[min(w.r.IntN(24), 3)]
	k, long := w.p.key(), bytes.Repeat([]byte{byte(w.r.IntN(256))}, w.r.IntN(most))
	m[k] = string(long)
	return tree.PutReader([]byte(k), bytes.NewReader(long), uint64(len(long)))
}

func (w *world) keep(db *btree.DB, name string) error {
	next := w.acked.clone()
	next.kept[name] = w.acked.trees
	if _, exists := w.acked.kept[name]; exists {
		if err := db.Keep(name); !errors.Is(err, btree.ErrVersionExists) {
			return fmt.Errorf("to keep %q again: %w", name, err)
		}
		return nil
	}
	return w.commit(next, func() error { return db.Keep(name) })
}

func (w *world) drop(db *btree.DB, name string) error {
	next := w.acked.clone()
	delete(next.kept, name)
	if _, exists := w.acked.kept[name]; !exists {
		if err := db.DropVersion(name); !errors.Is(err, btree.ErrNoVersion) {
			return fmt.Errorf("to drop %q, which is not kept: %w", name, err)
		}
		return nil
	}
	return w.commit(next, func() error { return db.DropVersion(name) })
}

func (w *world) compact(db *btree.DB) error {
	if err := w.commit(w.acked, func() error { return db.Compact(context.Background()) }); err != nil {
		return err
	}
	return db.View(func(tx *btree.Tx) error { return w.compareSome(tx, w.acked.trees) })
}

// copy makes a backup, opens it and compares it.
func (w *world) copy(db *btree.DB) error {
	var b bytes.Buffer
	if err := db.Backup(context.Background(), &b); err != nil {
		return err
	}
	var other vfs.Mem
	other.WriteFile(dbName, b.Bytes())
	return w.mustBe(&other, w.afterCrash())
}

func (w *world) hold(db *btree.DB) error {
	if w.opts.Exclusive {
		return nil // nobody could write
	}
	tx, err := db.Begin(false)
	if err == nil {
		w.held = append(w.held, held{tx, w.acked.trees})
	}
	return err
}

// release compares what the transactions that are held show, and ends them.
func (w *world) release() error {
	var errs []error
	for _, h := range w.held {
		got, err := dumpTx(h.tx)
		if err == nil && !got.equal(h.want) {
			err = fmt.Errorf("a snapshot has changed: %s", difference(got, h.want))
		}
		errs = append(errs, err, h.tx.Rollback())
	}
	w.held = nil
	return errors.Join(errs...)
}
