package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// parseKey reads a whole key: a plain word if the key has one element, else a
// tuple such as ("user",42).
func parseKey(s *store.Schema, word string) (tuple.Tuple, error) {
	b, err := parseBound(s, word)
	if err != nil {
		return nil, err
	}
	if b.Part || len(b.Key) != len(s.Key) {
		return nil, usagef("a key of %s has %s, so %s is not a whole key", s.Name, describeKey(s), word)
	}
	return b.Key, nil
}

// parseBound reads a whole or partial key. An asterisk after a tuple's last
// element makes it the beginning of one.
func parseBound(s *store.Schema, word string) (tuple.Bound, error) {
	if strings.HasPrefix(word, "(") {
		b, err := tuple.ParseBound(word)
		if err != nil {
			return b, usagef("%s is not a key: %s", word, why(err))
		}
		if len(b.Key) > len(s.Key) {
			return b, usagef("a key of %s has %s; %s has more", s.Name, describeKey(s), word)
		}
		for i, v := range b.Key {
			b.Key[i] = adapt(s.Key[i], v)
		}
		return b, nil
	}
	if len(s.Key) == 0 {
		return tuple.Bound{}, usagef("the rows of %s have no key, so %s cannot be looked for", s.Name, word)
	}
	c := s.Key[0]
	v, err := tuple.ParseAs(c.Kind, c.Type, word)
	if err != nil {
		return tuple.Bound{}, usagef("key element %s of %s: %s", c.Name, s.Name, why(err))
	}
	return tuple.Bound{Key: tuple.Of(v)}, nil
}

// adapt makes an integer what the column holds, where nothing is lost: 3 is a
// good way to write the float 3.0.
func adapt(c store.Column, v tuple.Value) tuple.Value {
	if v.Kind() == tuple.KindInt && (c.Kind == tuple.KindFloat || c.Kind == tuple.KindDecimal) {
		if w, err := tuple.ParseAs(c.Kind, c.Type, v.Plain()); err == nil {
			return w
		}
	}
	return v
}

func describeKey(s *store.Schema) string {
	names := make([]string, len(s.Key))
	for i, c := range s.Key {
		names[i] = c.Name
	}
	switch len(names) {
	case 0:
		return "no elements"
	case 1:
		return "one element, " + names[0]
	}
	return "the elements (" + strings.Join(names, ", ") + ")"
}

// rangeFlags are the flags that choose part of a table. One that is given, if
// only as the empty text, is a bound: a script whose variable is empty does not
// ask for all rows.
type rangeFlags struct {
	prefix, from, to, after, before string

	given func(flag string) bool
}

func (f *rangeFlags) add(cmd *cobra.Command) {
	f.given = cmd.Flags().Changed
	cmd.Flags().StringVar(&f.prefix, "prefix", "", `keys that begin with this: a word is the beginning of the first element,
a tuple is whole elements, and ("a","b"*) the beginning of the last`)
	cmd.Flags().StringVar(&f.from, "from", "", "keys from this one on, inclusive")
	cmd.Flags().StringVar(&f.to, "to", "", "keys up to this one, inclusive")
	cmd.Flags().StringVar(&f.after, "after", "", "keys after this one")
	cmd.Flags().StringVar(&f.before, "before", "", "keys before this one")
}

// check reports flags that contradict each other.
func (f *rangeFlags) check() error {
	switch {
	case f.given("prefix") && (f.given("from") || f.given("to") || f.given("after") || f.given("before")):
		return usagef("--prefix is a range of its own: leave out --from, --to, --after and --before")
	case f.given("from") && f.given("after"):
		return usagef("--from and --after are two lower ends: leave one out")
	case f.given("to") && f.given("before"):
		return usagef("--to and --before are two upper ends: leave one out")
	}
	return nil
}

// parse returns the range that the flags choose.
func (f *rangeFlags) parse(s *store.Schema) (r tuple.Range, err error) {
	if err := f.check(); err != nil {
		return r, err
	}
	if f.given("prefix") {
		return parsePrefix(s, f.prefix)
	}
	for _, end := range []struct {
		flag      string
		word      string
		bound     *tuple.Bound
		exclusive bool
	}{
		{"from", f.from, &r.Lower, false}, {"after", f.after, &r.Lower, true},
		{"to", f.to, &r.Upper, false}, {"before", f.before, &r.Upper, true},
	} {
		if !f.given(end.flag) {
			continue
		}
		if *end.bound, err = parseBound(s, end.word); err != nil {
			return r, err
		}
		end.bound.Exclusive = end.exclusive
	}
	return r, nil
}

func parsePrefix(s *store.Schema, word string) (tuple.Range, error) {
	b, err := parseBound(s, word)
	if err != nil {
		return tuple.Range{}, err
	}
	if b.Part || !strings.HasPrefix(word, "(") {
		return tuple.PrefixPart(b.Key), nil
	}
	return tuple.Prefix(b.Key), nil
}
