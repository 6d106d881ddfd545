package redis

import (
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

const (
	// mostNames is how many names are collected at most: some 100 MB.
	mostNames = 1_000_000
	// fresh is how long a listing serves also those who begin to read.
	fresh = 2 * time.Second
	// mostListings is how many are kept.
	mostListings = 4
	// scanCount is how many names the server looks at in one step of a SCAN.
	scanCount = 2000
)

// listing is what a SCAN has found, sorted.
type listing struct {
	names []string
	// whole tells that there are no others.
	whole bool
	taken time.Time
}

// listings keeps listings by what they list, so that pages follow each other
// without the server being searched again for each.
type listings struct {
	mu  sync.Mutex
	all map[string]*listing
}

// forget drops all listings, after names have come or gone.
func (l *listings) forget() {
	l.mu.Lock()
	l.all = nil
	l.mu.Unlock()
}

func (l *listings) find(id string, begins bool) *listing {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := l.all[id]
	if found == nil || begins && time.Since(found.taken) > fresh {
		return nil
	}
	return found
}

func (l *listings) keep(id string, found *listing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]*listing{}
	}
	if len(l.all) >= mostListings {
		oldest := id
		for other, o := range l.all {
			if oldest == id || o.taken.Before(l.all[oldest].taken) {
				oldest = other
			}
		}
		delete(l.all, oldest)
	}
	l.all[id] = found
}

// scanner returns some names that match a pattern, and where to go on: 0 at
// the end. Names may come twice.
type scanner func(ctx context.Context, at uint64, pattern string) (names []string, next uint64, err error)

// list returns the names that a range of keys of one text can hold, sorted.
// What names the whole. Begins tells that somebody begins to read, so that a
// new listing is due.
func (l *listings) list(ctx context.Context, what string, r tuple.Range, begins bool, scan scanner) ([]string, error) {
	found, err := l.collect(ctx, what, commonPrefix(r), begins, scan)
	if err != nil {
		return nil, err
	}
	if !found.whole {
		return nil, driver.Errorf(driver.TooLarge, "%s has more than %d names, too many to be sorted here", what, mostNames).
			WithHint("narrow it to the beginning of a name, such as (\"user:\"*)")
	}
	return inRange(found.names, r), nil
}

// collect returns the names that begin with prefix, or as many as are listed at
// most.
func (l *listings) collect(ctx context.Context, what, prefix string, begins bool, scan scanner) (*listing, error) {
	if found := l.find(what, begins); found != nil && (found.whole || prefix == "") {
		return found, nil
	}
	id := what
	if prefix != "" {
		id += "\x00" + prefix
	}
	if found := l.find(id, begins); found != nil {
		return found, nil
	}
	found, err := search(ctx, escapeGlob(prefix)+"*", scan)
	if err == nil {
		l.keep(id, found)
	}
	return found, err
}

// search reads names that match a pattern.
func search(ctx context.Context, pattern string, scan scanner) (*listing, error) {
	found := &listing{names: []string{}, whole: true, taken: time.Now()}
	for at := uint64(0); ; {
		names, next, err := scan(ctx, at, pattern)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		found.names = append(found.names, names...)
		if at = next; at == 0 {
			break
		}
		if len(found.names) >= mostNames {
			found.whole = false
			break
		}
	}
	slices.Sort(found.names)
	found.names = slices.Compact(found.names)
	return found, nil
}

var globs = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `^`, `\^`)

func escapeGlob(s string) string { return globs.Replace(s) }

// commonPrefix returns what all names in a range begin with.
func commonPrefix(r tuple.Range) string {
	if r.Lower.Open() || r.Upper.Open() || !r.Upper.Part || r.Upper.Exclusive {
		return ""
	}
	prefix := r.Upper.Key[0]
	lower := r.Lower.Key[0]
	if prefix.Kind() != tuple.KindText || lower.Kind() != tuple.KindText || !strings.HasPrefix(lower.AsText(), prefix.AsText()) {
		return ""
	}
	return prefix.AsText()
}

func named(name string) tuple.Tuple { return tuple.Of(tuple.Text(name)) }

// inRange returns the part of sorted names that a range holds.
func inRange(names []string, r tuple.Range) []string {
	from, to := ends(r, len(names), func(i int) tuple.Tuple { return named(names[i]) })
	return names[from:to]
}

// ends returns the part of n sorted keys that a range holds.
func ends(r tuple.Range, n int, key func(int) tuple.Tuple) (from, to int) {
	to = n
	if !r.Lower.Open() {
		from = sort.Search(n, func(i int) bool {
			c := r.Lower.Compare(key(i))
			return c > 0 || c == 0 && !r.Lower.Exclusive
		})
	}
	if !r.Upper.Open() {
		to = sort.Search(n, func(i int) bool {
			c := r.Upper.Compare(key(i))
			return c > 0 || c == 0 && r.Upper.Exclusive
		})
	}
	return from, max(from, to)
}

// begins reports whether a scan begins at an end of what somebody looks at, and
// does not go on from a row that was read before.
func begins(q driver.Query, width int) bool {
	at := q.Range.Lower
	if q.Reverse {
		at = q.Range.Upper
	}
	return !at.Exclusive || len(at.Key) < width || at.Part
}

// pageOf returns a page of names, read in parts by rows, which leaves out what
// has gone since the names were listed.
func pageOf(names []string, q driver.Query, rows func([]string) ([]*driver.Row, error)) (driver.Page, error) {
	if q.Reverse {
		names = slices.Clone(names)
		slices.Reverse(names)
	}
	var page driver.Page
	for len(names) > 0 {
		part := names[:min(len(names), q.Limit+1-len(page.Rows))]
		names = names[len(part):]
		found, err := rows(part)
		if err != nil {
			return driver.Page{}, err
		}
		for _, row := range found {
			if row != nil {
				page.Rows = append(page.Rows, *row)
			}
		}
		if len(page.Rows) > q.Limit {
			page.Rows, page.More = page.Rows[:q.Limit], true
			break
		}
	}
	return page, nil
}

// namesTable is a rawTable whose keys are names that the server has in no order.
type namesTable interface {
	rawTable
	list(ctx context.Context, r tuple.Range, begins bool) ([]string, error)
}

func scanNames(ctx context.Context, t namesTable, c client.Cmdable, q driver.Query) (driver.Page, error) {
	names, err := t.list(ctx, q.Range, begins(q, 1))
	if err != nil {
		return driver.Page{}, err
	}
	return pageOf(names, q, func(part []string) ([]*driver.Row, error) {
		keys := make([]tuple.Tuple, len(part))
		rows := make([]*driver.Row, len(part))
		for i, name := range part {
			keys[i] = named(name)
			rows[i] = &driver.Row{Key: keys[i]}
		}
		if q.KeysOnly {
			return rows, nil
		}
		return t.get(ctx, c, keys, q.MaxValue)
	})
}

func countNames(ctx context.Context, t namesTable, r tuple.Range) (int64, error) {
	names, err := t.list(ctx, r, false)
	return int64(len(names)), err
}

// nthName returns the key of a name by its place, or nil.
func nthName(ctx context.Context, t namesTable, n int64) (tuple.Tuple, error) {
	names, err := t.list(ctx, tuple.Range{}, false)
	if err != nil || n >= int64(len(names)) {
		return nil, err
	}
	return named(names[n]), nil
}
