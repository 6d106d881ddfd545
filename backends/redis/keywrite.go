package redis

import (
	"context"
	"crypto/rand"
	"strconv"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// check implements [checker].
func (t *keysTable) check(e *edit) error {
	after := e.after.Values
	if after[keyType].IsNull() {
		after[keyType] = tuple.Text("string")
	}
	if after[keyType].Kind() != tuple.KindText {
		return driver.Errorf(driver.BadValue, "the type of a key is text, not %s", after[keyType].Kind())
	}
	if when := after[keyExpires]; !when.IsNull() && when.Kind() != tuple.KindTimestamp {
		return driver.Errorf(driver.BadValue, "the time when a key expires is a timestamp, not %s", when.Kind())
	}
	if e.after.Key[0].Kind() != tuple.KindText {
		return driver.Errorf(driver.BadKey, "a key is text, not %s", e.after.Key[0].Kind())
	}
	if e.before == nil {
		_, err := making(e.after)
		return err
	}
	before := e.before.Values
	if after[keyType] != before[keyType] {
		return driver.Errorf(driver.BadValue, "the type of a key cannot be changed").
			WithHint("delete the key and insert one of the other type")
	}
	if after[keyValue] == before[keyValue] {
		return nil
	}
	if after[keyType] != tuple.Text("string") {
		return driver.Errorf(driver.BadValue, "what is in a %s is not changed here", after[keyType].AsText()).
			WithHint("follow the row to its contents")
	}
	if after[keyValue].Kind() != tuple.KindText {
		return driver.Errorf(driver.BadValue, "the value of a string is text, not %s", after[keyValue].Kind())
	}
	return nil
}

// making returns the command that makes a key of its type and value. The value
// of a collection is written as words.
func making(r *driver.Row) ([]any, error) {
	key, kind, value := r.Key[0].AsText(), r.Values[keyType].AsText(), r.Values[keyValue]
	if kind == "string" {
		if value.Kind() != tuple.KindText {
			return nil, driver.Errorf(driver.BadValue, "the value of a string is text, not %s", value.Kind())
		}
		return []any{"set", key, value.AsText()}, nil
	}
	words, err := splitWords(value.AsText())
	if err != nil {
		return nil, err
	}
	var args []any
	switch kind {
	case "hash":
		words, err = pairsOf(value.AsText())
		args = []any{"hset", key}
	case "list":
		args = []any{"rpush", key}
	case "set":
		args = []any{"sadd", key}
	case "zset":
		if words, err = pairsOf(value.AsText()); err == nil {
			err = checkScores(words)
		}
		args = []any{"zadd", key}
	case "stream":
		words, err = pairsOf(value.AsText())
		args = []any{"xadd", key, "*"}
	default:
		return nil, driver.Errorf(driver.BadValue, "a key of type %q cannot be made here", kind).
			WithHint("the types are string, hash, list, set, zset and stream")
	}
	if err == nil && len(words) == 0 {
		err = driver.Errorf(driver.BadValue, "a %s has at least one element", kind).
			WithHint(`write its elements as words in the value: "a" "b"`)
	}
	for _, w := range words {
		args = append(args, w)
	}
	return args, err
}

// checkScores reports a score, of scores and members in turn, that is none.
func checkScores(words []string) error {
	for i := 0; i < len(words); i += 2 {
		if score, err := strconv.ParseFloat(words[i], 64); err != nil || score != score {
			return driver.Errorf(driver.BadValue, "%q is not a score", words[i]).
				WithHint("a sorted set is written as scores and members in turn: 1 \"a\" 2 \"b\"")
		}
	}
	return nil
}

// write gives other names in two steps, so that names can be exchanged: first
// all keys that are to have another one leave their places.
func (t *keysTable) write(ctx context.Context, p client.Pipeliner, edits []*edit) {
	away := map[string]string{} // by key: where it waits
	for _, e := range edits {
		if e.after != nil && e.origin != nil {
			key := e.origin.Key[0].AsText()
			away[key] = "rowan:moving:" + rand.Text()
			p.Rename(ctx, key, away[key])
		}
	}
	for _, e := range edits {
		if e.before == nil || e.after != nil && !e.made && e.origin == nil {
			continue
		}
		if key := e.before.Key[0].AsText(); away[key] == "" {
			p.Unlink(ctx, key)
		}
	}
	for _, e := range edits {
		if e.after != nil {
			t.writeKey(ctx, p, e, away)
		}
	}
}

func (t *keysTable) writeKey(ctx context.Context, p client.Pipeliner, e *edit, away map[string]string) {
	key, after := e.after.Key[0].AsText(), e.after.Values
	source, expires := e.source(), tuple.Null
	if e.origin != nil {
		p.Rename(ctx, away[e.origin.Key[0].AsText()], key)
	}
	if source == nil {
		args, _ := making(e.after) // it was checked
		p.Do(ctx, args...)
	} else {
		expires = source.Values[keyExpires]
		if after[keyValue] != source.Values[keyValue] {
			p.Do(ctx, "set", key, after[keyValue].AsText(), "keepttl")
		}
	}
	switch when := after[keyExpires]; {
	case when == expires:
	case when.IsNull():
		p.Persist(ctx, key)
	default:
		p.PExpireAt(ctx, key, when.AsTime())
	}
}
