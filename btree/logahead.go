package btree

import "runtime"

// A long log is read, and its records are checked, by another goroutine than the one that replays it.

// Sizes in bytes: of the halves of a log that is worth it, and of the records that are handed on together.
const (
	longLog      = 4 << 20
	recordsAhead = 64 << 10
)

// records returns what next does of a reader, from another goroutine if that is worth it, and what ends that. The reader must not be
// used before the end.
func (r *logReader) records() (next func() (record, bool, error), end func()) {
	o := &r.db.opts
	if o.inline || int64(r.place.pages)*int64(r.db.pager.pageSize) < longLog || runtime.GOMAXPROCS(0) == 1 {
		return r.next, func() {}
	}
	a := &logAhead{batches: make(chan []record, 4), stop: make(chan struct{})}
	go a.read(r)
	return a.next, a.end
}

// logAhead are records that were read already.
type logAhead struct {
	batches chan []record
	stop    chan struct{}
	batch   []record // the one that next is in
	err     error    // that ended reading, once batches is closed
}

func (a *logAhead) read(r *logReader) {
	defer close(a.batches)
	for ok := true; ok && a.err == nil; {
		var batch []record
		for size := 0; size < recordsAhead; size += len(batch[len(batch)-1].ops) + recordHeader {
			var rec record
			if rec, ok, a.err = r.next(); !ok {
				break
			}
			batch = append(batch, rec)
		}
		select {
		case a.batches <- batch:
		case <-a.stop:
			return
		}
	}
}

func (a *logAhead) next() (record, bool, error) {
	for len(a.batch) == 0 {
		batch, ok := <-a.batches
		if !ok {
			return record{}, false, a.err
		}
		a.batch = batch
	}
	rec := a.batch[0]
	a.batch = a.batch[1:]
	return rec, true, nil
}

// end waits until the reader is no longer used.
func (a *logAhead) end() {
	close(a.stop)
	for range a.batches {
	}
}
