package worker

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rowan-db/rowan/btree"
)

// commands returns what only this engine is asked:
//
//	load FILE N            fill the empty tree with the next N, which ascend
//	commit FILE N G        commit the next N, each in a durable transaction, from G goroutines
//	read FILE MS W         get keys of FILE for MS milliseconds; W is "writer" or "alone"
//	latency FILE MS W      the same, answering with the 99th percentile of a get
//	compact                make the file as small as it can be
//	allocs get|step|put FILE N  count what N operations allocate
//	memory put|scan FILE N      how much memory of its own that takes at most
//	crash FILE N BATCH          commit the next N in durable transactions of BATCH, and copy the file as a
//	                            crash would leave it
//	recover                     open that copy, which is removed then
func (e *btreeEngine) commands() map[string]command {
	return map[string]command{
		"load":    {2, e.load},
		"commit":  {3, e.commit},
		"read":    {3, e.read},
		"latency": {3, e.latency},
		"compact": {0, e.compact},
		"allocs":  {3, e.allocs},
		"memory":  {3, e.memory},
		"crash":   {3, e.crash},
		"recover": {0, e.recover},
	}
}

func (e *btreeEngine) load(w *worker, args []string) (string, error) {
	x, err := w.take(args[0], args[1])
	if err != nil {
		return "", err
	}
	started := time.Now()
	err = e.Update(func(tx *btree.Tx) error {
		t, err := tree(tx)
		if err != nil {
			return err
		}
		return t.Load(pairs(w.data, x))
	})
	return timed(started, len(x)), err
}

// pairs returns the records of numbers.
func pairs(d *data, x []uint32) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, val []byte) bool) {
		for _, n := range x {
			if !yield(d.key(n), d.value(n)) {
				return
			}
		}
	}
}

// commit shares the numbers among goroutines that commit them one by one.
func (e *btreeEngine) commit(w *worker, args []string) (string, error) {
	x, err := w.take(args[0], args[1])
	if err != nil {
		return "", err
	}
	goroutines, err := strconv.Atoi(args[2])
	if err != nil || goroutines < 1 || len(x)%goroutines != 0 {
		return "", fmt.Errorf("%d puts from %q goroutines", len(x), args[2])
	}
	errs := make([]error, goroutines)
	var all sync.WaitGroup
	started := time.Now()
	for i, part := range slices.Collect(slices.Chunk(x, len(x)/goroutines)) {
		all.Go(func() { errs[i] = e.putOneByOne(w.data.clone(), part) })
	}
	all.Wait()
	return timed(started, len(x)), errors.Join(errs...)
}

func (e *btreeEngine) putOneByOne(d *data, x []uint32) error {
	for i := range x {
		if err := e.put(d, x[i:i+1], false); err != nil {
			return err
		}
	}
	return nil
}

// getsInOne is how many gets a reader does in one transaction.
const getsInOne = 64

// reading is a reader for a while, beside a writer or alone.
type reading struct {
	numbers []uint32
	until   time.Time
	data    *data
}

// besideWriter runs fn, with a writer that commits without a pause if the last
// argument says so.
func (e *btreeEngine) besideWriter(w *worker, args []string, fn func(r *reading) error) error {
	ms, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	x, err := w.take(args[0], "100000")
	if err != nil {
		return err
	}
	var stop atomic.Bool
	var written error
	var writer sync.WaitGroup
	if args[2] == "writer" {
		d := w.data.clone()
		writer.Go(func() {
			for i := 0; !stop.Load() && written == nil; i++ {
				written = e.put(d, x[i%len(x):][:1], false)
			}
		})
	}
	err = fn(&reading{numbers: x, until: time.Now().Add(time.Duration(ms) * time.Millisecond), data: w.data.clone()})
	stop.Store(true)
	writer.Wait()
	return errors.Join(err, written)
}

// transactions calls get with numbers for one transaction after another until
// the time is over.
func (r *reading) transactions(get func(x []uint32) error) error {
	for {
		for x := range slices.Chunk(r.numbers, getsInOne) {
			if err := get(x); err != nil {
				return err
			}
			if time.Now().After(r.until) {
				return nil
			}
		}
	}
}

func (e *btreeEngine) read(w *worker, args []string) (string, error) {
	gets := 0
	started := time.Now()
	err := e.besideWriter(w, args, func(r *reading) error {
		return r.transactions(func(x []uint32) error {
			gets += len(x)
			_, err := e.get(r.data, x)
			return err
		})
	})
	return timed(started, gets), err
}

func (e *btreeEngine) latency(w *worker, args []string) (string, error) {
	var took []time.Duration
	err := e.besideWriter(w, args, func(r *reading) error {
		return r.transactions(func(x []uint32) error { return e.timeGets(r.data, x, &took) })
	})
	if err != nil || len(took) == 0 {
		return "", errors.Join(err, errors.New("nothing was read"))
	}
	slices.Sort(took)
	return fmt.Sprintf("ok p99=%d ops=%d", took[len(took)*99/100].Nanoseconds(), len(took)), nil
}

func (e *btreeEngine) timeGets(d *data, x []uint32, took *[]time.Duration) error {
	return e.View(func(tx *btree.Tx) error {
		t, err := tx.Tree(treeName)
		if err != nil {
			return err
		}
		for _, n := range x {
			key := d.key(n)
			started := time.Now()
			_, _, err := t.Get(key)
			*took = append(*took, time.Since(started))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// memory answers with the peak of one transaction that puts, or of one scan.
func (e *btreeEngine) memory(w *worker, args []string) (string, error) {
	x, err := w.take(args[1], args[2])
	if err != nil {
		return "", err
	}
	do := map[string]func() error{
		"put":  func() error { return e.put(w.data, x, false) },
		"scan": func() error { _, _, err := e.scan(false); return err },
	}[args[0]]
	if do == nil {
		return "", fmt.Errorf("there is no memory of %q", args[0])
	}
	peak, err := peakMemory(do)
	return fmt.Sprintf("ok bytes=%d ops=%d", peak, len(x)), err
}

// crashed is a copy of a file that was made while it was open. On the disk it
// is as the file was, as after a crash.
type crashed struct {
	path  string
	last  []byte // key of the last commit
	bytes int    // of keys and values that were committed since the file was opened
}

func (e *btreeEngine) crash(w *worker, args []string) (string, error) {
	x, err := w.take(args[0], args[1])
	if err != nil {
		return "", err
	}
	batch, err := strconv.Atoi(args[2])
	if err != nil || batch < 1 {
		return "", fmt.Errorf("a transaction of %q", args[2])
	}
	for part := range slices.Chunk(x, batch) {
		if err := e.put(w.data, part, false); err != nil {
			return "", err
		}
	}
	e.crashed = crashed{path: e.Path() + "-crashed", last: bytes.Clone(w.data.key(x[len(x)-1]))}
	for key, val := range pairs(w.data, x) {
		e.crashed.bytes += len(key) + len(val)
	}
	return "ok", copyFile(e.Path(), e.crashed.path)
}

// recover answers with the bytes of the records that were committed before the
// crash, and the time of opening the file.
func (e *btreeEngine) recover(*worker, []string) (string, error) {
	ns, err := timeOpening(e.crashed.path, e.crashed.last)
	return fmt.Sprintf("ok ns=%d bytes=%d ops=1", ns, e.crashed.bytes), errors.Join(err, os.Remove(e.crashed.path))
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// timeOpening opens a file and looks for a key that must be there.
func timeOpening(path string, key []byte) (ns int64, err error) {
	started := time.Now()
	db, err := btree.Open(path, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.View(func(tx *btree.Tx) error {
		t, err := tx.Tree(treeName)
		if err != nil {
			return err
		}
		if ok, err := t.Has(key); err != nil || !ok {
			return errors.Join(err, errors.New("the last commit is missing"))
		}
		return nil
	})
	return time.Since(started).Nanoseconds(), err
}

func (e *btreeEngine) allocs(w *worker, args []string) (string, error) {
	x, err := w.take(args[1], args[2])
	if err != nil {
		return "", err
	}
	do := map[string]func() error{
		"get":  func() error { _, err := e.get(w.data, x); return err },
		"step": func() error { _, _, err := e.scan(false); return err },
		"put":  func() error { return e.put(w.data, x, false) },
	}[args[0]]
	if do == nil {
		return "", fmt.Errorf("there are no allocations of %q", args[0])
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it allocates a little itself
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = do()
	runtime.ReadMemStats(&after)
	return fmt.Sprintf("ok allocs=%d ops=%d", after.Mallocs-before.Mallocs, len(x)), err
}
