package redis

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// streamTable is the entries of a stream by their IDs, which have two numbers:
// the milliseconds since 1970 when it was added, and a sequence number.
type streamTable struct{ contents }

// fieldsType is the type of an entry's fields: names and values in turn.
const fieldsType = "fields"

func (t *streamTable) schema() *driver.Schema {
	s := t.shape([]driver.Column{column("ms", tuple.KindUint), column("seq", tuple.KindUint)},
		driver.Column{Name: "fields", Type: fieldsType, Kind: tuple.KindOther},
		driver.Column{Name: "time", Type: "timestamp", Kind: tuple.KindTimestamp, Generated: true, Nullable: true})
	s.AutoKey = true
	return s
}

// entry is an entry of a stream as the server gives it.
type entry struct {
	ms, seq uint64
	fields  []string // names and values in turn
}

func (e entry) key() tuple.Tuple { return tuple.Of(tuple.Uint(e.ms), tuple.Uint(e.seq)) }

func (e entry) row(most int) *driver.Row {
	when := tuple.Null
	if e.ms <= math.MaxInt64/1000 {
		when = tuple.Instant(time.UnixMilli(int64(e.ms)))
	}
	row := &driver.Row{Key: e.key(), Values: []tuple.Value{tuple.Other(fieldsType, joinWords(e.fields)), when}}
	row.CutTo(most)
	return row
}

func parseID(id string) (ms, seq uint64, err error) {
	first, second, ok := strings.Cut(id, "-")
	if ms, err = strconv.ParseUint(first, 10, 64); err == nil && ok {
		seq, err = strconv.ParseUint(second, 10, 64)
	}
	if err != nil || !ok {
		return 0, 0, fmt.Errorf("redis: %q is not the ID of an entry", id)
	}
	return ms, seq, nil
}

func formatID(key tuple.Tuple) string {
	return strconv.FormatUint(key[0].AsUint(), 10) + "-" + strconv.FormatUint(key[1].AsUint(), 10)
}

// entriesCmd is the command that reads entries from one ID to another. The
// library's own would lose the order of the fields.
func (t *streamTable) entriesCmd(ctx context.Context, from, to string, reverse bool, limit int) *client.SliceCmd {
	if reverse {
		return client.NewSliceCmd(ctx, "xrevrange", t.key, to, from, "count", limit)
	}
	return client.NewSliceCmd(ctx, "xrange", t.key, from, to, "count", limit)
}

// parseEntries reads the answer to entriesCmd.
func parseEntries(answer []any) ([]entry, error) {
	entries := make([]entry, len(answer))
	for i, a := range answer {
		parts, _ := a.([]any)
		if len(parts) != 2 {
			return nil, fmt.Errorf("redis: an entry of a stream has %d parts", len(parts))
		}
		id, _ := parts[0].(string)
		var err error
		if entries[i].ms, entries[i].seq, err = parseID(id); err != nil {
			return nil, err
		}
		fields, _ := parts[1].([]any)
		for _, f := range fields {
			text, _ := f.(string)
			entries[i].fields = append(entries[i].fields, text)
		}
	}
	return entries, nil
}

func isID(key tuple.Tuple) bool {
	for _, v := range key {
		if v.Kind() != tuple.KindUint && (v.Kind() != tuple.KindInt || v.AsInt() < 0) {
			return false
		}
	}
	return true
}

func (t *streamTable) get(ctx context.Context, c client.Cmdable, keys []tuple.Tuple, most int) ([]*driver.Row, error) {
	rows := make([]*driver.Row, len(keys))
	answers := make([]*client.SliceCmd, len(keys))
	err := pipelined(ctx, c, func(p client.Pipeliner) {
		for i, key := range keys {
			if isID(key) {
				answers[i] = t.entriesCmd(ctx, formatID(key), formatID(key), false, 1)
				_ = p.Process(ctx, answers[i])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		if answer == nil {
			continue
		}
		entries, err := parseEntries(answer.Val())
		if err != nil {
			return nil, err
		}
		if len(entries) == 1 {
			rows[i] = entries[0].row(most)
		}
	}
	return rows, nil
}

// firstID returns the least ID that is not before what a bound speaks of, or,
// if after, the least after all of it. There may be none.
func firstID(b tuple.Bound, after bool) (ms, seq uint64, ok bool) {
	key := b.Key
	if !isID(key) {
		// No ID is equal to it: it sorts before all of them, or after.
		least := tuple.Of(tuple.Uint(0), tuple.Uint(0))
		if b.Compare(least) > 0 {
			return 0, 0, true
		}
		if isID(key[:1]) { // the second number is what sorts after all
			key, after = key[:1], true
		} else {
			return 0, 0, false
		}
	}
	ms = key[0].AsUint()
	if len(key) > 1 {
		seq = key[1].AsUint()
	}
	switch {
	case !after:
		return ms, seq, true
	case len(key) > 1 && seq < math.MaxUint64:
		return ms, seq + 1, true
	case ms < math.MaxUint64:
		return ms + 1, 0, true
	}
	return 0, 0, false
}

// bounds returns a range as the IDs from and to, both inclusive. It reports
// false if no entry can be in it.
func (t *streamTable) bounds(r tuple.Range) (from, to string, ok bool) {
	from, to = "-", "+"
	if !r.Lower.Open() {
		ms, seq, ok := firstID(r.Lower, r.Lower.Exclusive)
		if !ok {
			return "", "", false
		}
		from = formatID(tuple.Of(tuple.Uint(ms), tuple.Uint(seq)))
	}
	if !r.Upper.Open() {
		ms, seq, ok := firstID(r.Upper, !r.Upper.Exclusive)
		switch {
		case !ok: // all IDs are before it
		case ms == 0 && seq == 0:
			return "", "", false
		case seq > 0:
			to = formatID(tuple.Of(tuple.Uint(ms), tuple.Uint(seq-1)))
		default:
			to = formatID(tuple.Of(tuple.Uint(ms-1), tuple.Uint(math.MaxUint64)))
		}
	}
	return from, to, true
}

func (t *streamTable) scan(ctx context.Context, q driver.Query) (page driver.Page, err error) {
	from, to, ok := t.bounds(q.Range)
	if !ok {
		return page, nil
	}
	command := t.entriesCmd(ctx, from, to, q.Reverse, q.Limit+1)
	if err := t.db.rdb.Process(ctx, command); err != nil {
		return page, err
	}
	entries, err := parseEntries(command.Val())
	if err != nil {
		return page, err
	}
	if page.More = len(entries) > q.Limit; page.More {
		entries = entries[:q.Limit]
	}
	for _, e := range entries {
		if q.KeysOnly {
			page.Rows = append(page.Rows, driver.Row{Key: e.key()})
		} else {
			page.Rows = append(page.Rows, *e.row(q.MaxValue))
		}
	}
	return page, nil
}

// count counts the entries of a part one by one: the server knows how many
// there are in all, and no more.
func (t *streamTable) count(ctx context.Context, r tuple.Range) (n int64, err error) {
	if r.All() {
		return t.db.rdb.XLen(ctx, t.key).Result()
	}
	err = t.walk(ctx, r, func(tuple.Tuple) bool {
		n++
		return true
	})
	return n, err
}

func (t *streamTable) nth(ctx context.Context, n int64) (key tuple.Tuple, err error) {
	err = t.walk(ctx, tuple.Range{}, func(k tuple.Tuple) bool {
		if n == 0 {
			key = k
		}
		n--
		return n >= 0
	})
	return key, err
}

// walk calls f for each key of a range until it returns false.
func (t *streamTable) walk(ctx context.Context, r tuple.Range, f func(tuple.Tuple) bool) error {
	for {
		page, err := t.scan(ctx, driver.Query{Range: r, Limit: scanCount, KeysOnly: true})
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if !f(row.Key) {
				return nil
			}
		}
		if !page.More {
			return nil
		}
		r = r.After(page.Rows[len(page.Rows)-1].Key)
	}
}

// generate implements [generator]: a new entry is the last one.
func (t *streamTable) generate(ctx context.Context, c client.Cmdable, made int) (tuple.Tuple, error) {
	last := client.NewSliceCmd(ctx, "xrevrange", t.key, "+", "-", "count", 1)
	var now *client.TimeCmd
	err := pipelined(ctx, c, func(p client.Pipeliner) {
		_ = p.Process(ctx, last)
		now = p.Time(ctx)
	})
	if err != nil {
		return nil, err
	}
	entries, err := parseEntries(last.Val())
	if err != nil {
		return nil, err
	}
	ms, seq := uint64(now.Val().UnixMilli()), uint64(made)
	if len(entries) > 0 && entries[0].ms >= ms {
		ms, seq = entries[0].ms, entries[0].seq+1+uint64(made)
	}
	return tuple.Of(tuple.Uint(ms), tuple.Uint(seq)), nil
}

// check implements [checker]. What was added to a stream stays as it is.
func (t *streamTable) check(e *edit) error {
	if e.before != nil && (!e.before.Key.Equal(e.after.Key) || e.before.Values[0] != e.after.Values[0]) {
		return driver.Errorf(driver.ReadOnly, "an entry of a stream cannot be changed").
			WithHint("delete it and add another one")
	}
	if err := t.schema().CheckRow(e.after.Key, e.after.Values); err != nil {
		return err
	}
	_, err := pairsOf(e.after.Values[0].AsText())
	return err
}

// pairsOf returns the words of a text, which must be names and values in turn.
func pairsOf(text string) ([]string, error) {
	fields, err := splitWords(text)
	if err == nil && (len(fields) == 0 || len(fields)%2 != 0) {
		err = driver.Errorf(driver.BadValue, "%d words are not names and values in turn", len(fields)).
			WithHint(`write "name" "value" "name" "value"`)
	}
	return fields, err
}

func (t *streamTable) write(ctx context.Context, p client.Pipeliner, edits []*edit) {
	var gone []string
	for _, e := range edits {
		switch {
		case e.after == nil:
			gone = append(gone, formatID(e.before.Key))
		case e.before == nil:
			args := []any{"xadd", t.key, formatID(e.after.Key)}
			fields, _ := pairsOf(e.after.Values[0].AsText()) // it was checked
			for _, f := range fields {
				args = append(args, f)
			}
			p.Do(ctx, args...)
		}
	}
	if len(gone) > 0 {
		p.XDel(ctx, t.key, gone...)
	}
}
