package driver

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rowan-db/rowan/store/tuple"
	"pgregory.net/rapid"
)

func TestCutTo(t *testing.T) {
	long := strings.Repeat("é", 10)
	for _, c := range []struct {
		what  string
		value tuple.Value
		limit int
		want  tuple.Value
		size  int64 // 0 if it is not cut
	}{
		{what: "no limit", value: tuple.Text(long), limit: 0, want: tuple.Text(long)},
		{what: "text that just fits", value: tuple.Text(long), limit: 20, want: tuple.Text(long)},
		{what: "text", value: tuple.Text(long), limit: 4, want: tuple.Text("éé"), size: 20},
		{what: "text within a character", value: tuple.Text(long), limit: 5, want: tuple.Text("éé"), size: 20},
		{what: "text shorter than a character", value: tuple.Text("🌲"), limit: 1, want: tuple.Text(""), size: 4},
		{what: "text that is not UTF-8", value: tuple.Text(strings.Repeat("\x80", 9)), limit: 6, want: tuple.Text(strings.Repeat("\x80", 6)), size: 9},
		{what: "bytes", value: tuple.BytesOf(long), limit: 5, want: tuple.BytesOf(long[:5]), size: 20},
		{what: "JSON", value: tuple.JSON(`"ab"`), limit: 2, want: tuple.JSON(`"a`), size: 4},
		{what: "other", value: tuple.Other("xml", "<a/>"), limit: 2, want: tuple.Other("xml", "<a"), size: 4},
		{what: "integer", value: tuple.Int(1 << 60), limit: 1, want: tuple.Int(1 << 60)},
		{what: "NULL", value: tuple.Null, limit: 1, want: tuple.Null},
	} {
		r := Row{Values: []tuple.Value{tuple.Int(1), c.value}}
		r.CutTo(c.limit)
		var cut []Cut
		if c.size > 0 {
			cut = []Cut{{Column: 1, Size: c.size}}
		}
		if r.Values[1] != c.want || !reflect.DeepEqual(r.Cut, cut) {
			t.Errorf("%s: %v, cut %v, want %v, %v", c.what, r.Values[1], r.Cut, c.want, cut)
		}
	}
}

func TestCutToSharesNothing(t *testing.T) {
	values := []tuple.Value{tuple.Text("abcdef"), tuple.Text("ghijkl")}
	cut := make([]Cut, 1, 9)
	cut[0] = Cut{Column: 0, Size: 100}
	r := Row{Values: values, Cut: cut}
	r.CutTo(3)
	if values[0] != tuple.Text("abcdef") || cut[:2][1] != (Cut{}) {
		t.Error("CutTo writes into the slices that it was given")
	}
	if want := []Cut{{Column: 0, Size: 100}, {Column: 1, Size: 6}}; !reflect.DeepEqual(r.Cut, want) {
		t.Errorf("cut %v, want %v: the size of a value that was cut before is known", r.Cut, want)
	}
}

func TestCutTextIsTheLongestThatFits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.String().Filter(func(s string) bool { return len(s) > 1 }).Draw(rt, "text")
		limit := rapid.IntRange(1, len(s)-1).Draw(rt, "limit")
		got := cutText(s, limit)
		if !strings.HasPrefix(s, got) || len(got) > limit || !utf8.ValidString(got) {
			rt.Fatalf("cut of %q to %d is %q", s, limit, got)
		}
		if _, size := utf8.DecodeRuneInString(s[len(got):]); len(got)+size <= limit {
			rt.Fatalf("cut of %q to %d is %q, but there is room for %d more", s, limit, got, size)
		}
	})
}
