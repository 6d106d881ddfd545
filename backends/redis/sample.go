package redis

import (
	"context"
	"strconv"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/tuple"
)

const (
	// sampleSize is how many elements of a collection are shown with its key.
	sampleSize = 8
	// sampleBytes is how much is shown of each.
	sampleBytes = 64
)

// sample is some of the elements of a collection.
type sample struct {
	scanned *client.ScanCmd
	listed  *client.StringSliceCmd
	scored  *client.ZSliceCmd
	entries *client.SliceCmd
}

// askSample asks for some elements of a collection; of what is none, nothing.
func askSample(ctx context.Context, p client.Pipeliner, key, kind string) (s sample) {
	switch kind {
	case "hash":
		s.scanned = p.HScan(ctx, key, 0, "", sampleSize)
	case "set":
		s.scanned = p.SScan(ctx, key, 0, "", sampleSize)
	case "zset":
		s.scored = p.ZRangeWithScores(ctx, key, 0, sampleSize-1)
	case "list":
		s.listed = p.LRange(ctx, key, 0, sampleSize-1)
	case "stream":
		s.entries = client.NewSliceCmd(ctx, "xrevrange", key, "+", "-", "count", 1)
		_ = p.Process(ctx, s.entries)
	}
	return s
}

// value returns the elements as words.
func (s sample) value(kind string) tuple.Value {
	words := s.words()
	if words == nil {
		return tuple.Null
	}
	for i, w := range words {
		if len(w) > sampleBytes {
			words[i] = w[:sampleBytes] + "…"
		}
	}
	return tuple.Other(kind, joinWords(words))
}

func (s sample) words() []string {
	switch {
	case s.scanned != nil:
		words, _ := s.scanned.Val()
		return words[:min(len(words), 2*sampleSize)]
	case s.listed != nil:
		return s.listed.Val()
	case s.scored != nil:
		var words []string
		for _, z := range s.scored.Val() {
			member, _ := z.Member.(string)
			words = append(words, strconv.FormatFloat(z.Score, 'g', -1, 64), member)
		}
		return words
	case s.entries != nil:
		if entries, err := parseEntries(s.entries.Val()); err == nil && len(entries) > 0 {
			return entries[0].fields
		}
	}
	return nil
}
