package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/display"
)

// assignments reads what columns are to be set to.
func assignments(s *store.Schema, words []string, f putFlags) ([]store.Assignment, error) {
	set := make([]store.Assignment, 0, len(words)+1)
	for _, word := range words {
		as, err := assignment(s, word)
		if err != nil {
			return nil, err
		}
		set = append(set, as)
	}
	if f.stdin != "" {
		as, err := fromInput(s, f.stdin, f.input)
		if err != nil {
			return nil, err
		}
		set = append(set, as)
	}
	return set, twice(s, set)
}

// twice reports a column that is set more than once.
func twice(s *store.Schema, set []store.Assignment) error {
	seen := map[int]bool{}
	for _, as := range set {
		if seen[as.Column] {
			return usagef("column %s is set twice", s.Columns[as.Column].Name)
		}
		seen[as.Column] = true
	}
	return nil
}

// assignment reads COLUMN=VALUE or COLUMN:=JSON. A column's name may itself hold
// the signs: the first that ends a name counts.
func assignment(s *store.Schema, word string) (store.Assignment, error) {
	first, _, ok := strings.Cut(word, "=")
	if !ok {
		return store.Assignment{}, usagef("%s does not say which column it is for: write COLUMN=VALUE", word)
	}
	for end, c := range word {
		if c != '=' {
			continue
		}
		name, text := word[:end], word[end+1:]
		if i, err := settable(s, name); err == nil {
			return assign(s, i, text, asText)
		}
		if i, err := settable(s, strings.TrimSuffix(name, ":")); err == nil {
			return assign(s, i, text, asJSON)
		}
	}
	_, err := settable(s, strings.TrimSuffix(first, ":"))
	return store.Assignment{}, err
}

func assign(s *store.Schema, i int, text string, read func(store.Column, string) (tuple.Value, error)) (store.Assignment, error) {
	v, err := read(s.Columns[i], text)
	if err != nil {
		return store.Assignment{}, usagef("column %s: %s", s.Columns[i].Name, why(err))
	}
	return store.Assignment{Column: i, Value: v}, nil
}

// settable returns the index of a column, or -1 and an error.
func settable(s *store.Schema, name string) (int, error) {
	i := slices.IndexFunc(s.Columns, func(c store.Column) bool { return c.Name == name })
	if i >= 0 {
		return i, nil
	}
	if slices.ContainsFunc(s.Key, func(c store.Column) bool { return c.Name == name }) {
		return -1, usagef("%s is part of the key of %s, which KEY sets", name, s.Name)
	}
	return -1, usagef("%s has no column %q", s.Name, name)
}

func asText(c store.Column, text string) (tuple.Value, error) {
	return tuple.ParseAs(c.Kind, c.Type, text)
}

func asJSON(c store.Column, text string) (v tuple.Value, err error) {
	if err = v.UnmarshalJSON([]byte(text)); err != nil {
		return v, err
	}
	return adapt(c, v), nil
}

// maxInput is how much of standard input is taken: more than that is a mistake
// that would use up the memory.
const maxInput = 1 << 30

// readStdin reads all of standard input, before a database is opened and with
// it locked. It can be interrupted while somebody has yet to type the end.
func (a *app) readStdin(ctx context.Context) ([]byte, error) {
	type input struct {
		text []byte
		err  error
	}
	done := make(chan input, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(a.stdin, maxInput+1))
		done <- input{text, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case in := <-done:
		switch {
		case in.err != nil:
			return nil, fmt.Errorf("standard input cannot be read: %w", in.err)
		case len(in.text) > maxInput:
			return nil, driver.Errorf(driver.TooLarge, "standard input holds more than %s", display.Bytes(maxInput)).
				WithHint("a value cannot be as large as that: keep it in a file")
		}
		return in.text, nil
	}
}

// fromInput makes a column's value of what standard input held.
func fromInput(s *store.Schema, name string, input []byte) (store.Assignment, error) {
	i, err := settable(s, name)
	if err != nil {
		return store.Assignment{}, err
	}
	c := s.Columns[i]
	if c.Kind == tuple.KindBytes {
		return store.Assignment{Column: i, Value: tuple.Bytes(input)}, nil
	}
	v, err := asText(c, string(input))
	if err != nil {
		return store.Assignment{}, usagef("column %s: %s", name, why(err))
	}
	return store.Assignment{Column: i, Value: v}, nil
}
