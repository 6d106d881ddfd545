package redis

import (
	"slices"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
)

func TestSplitWords(t *testing.T) {
	got, err := splitWords(`  plain "two words" "" "\x00\"" end`)
	if want := []string{"plain", "two words", "", "\x00\"", "end"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{`"`, `"a`, `"a"b`, `"\q"`} {
		if _, err := splitWords(bad); driver.KindOf(err) != driver.BadValue {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func FuzzWordsComeBack(f *testing.F) {
	f.Add("a b", "")
	f.Add("\x00\xff", "\"\\")
	f.Fuzz(func(t *testing.T, a, b string) {
		if got, err := splitWords(joinWords([]string{a, b})); err != nil || !slices.Equal(got, []string{a, b}) {
			t.Errorf("%q %q: %q, %v", a, b, got, err)
		}
		if words, err := splitWords(a); err == nil {
			if again, err := splitWords(joinWords(words)); err != nil || !slices.Equal(again, words) {
				t.Errorf("%q: %q, %q, %v", a, words, again, err)
			}
		}
	})
}

func FuzzParseEntries(f *testing.F) {
	f.Add("1-2", "name", "value")
	f.Fuzz(func(t *testing.T, id, name, value string) {
		entries, err := parseEntries([]any{[]any{id, []any{name, value}}})
		if err == nil && (len(entries) != 1 || entries[0].fields[1] != value) {
			t.Errorf("%v", entries)
		}
		for _, odd := range [][]any{{nil}, {id}, {[]any{id}}, {[]any{1, 2}}} {
			if _, err := parseEntries(odd); err == nil {
				t.Errorf("%v is taken for entries", odd)
			}
		}
	})
}
