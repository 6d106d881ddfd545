// Package shell writes what the screen shows or stages as rowan's own commands
// for a POSIX shell, to be copied into a script.
//
// The commands are those of the command line, word for word, and every word
// that comes from data is quoted.
package shell

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// Quote quotes a word for a POSIX shell, if it needs that.
func Quote(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Target is the database that commands are for.
type Target struct {
	// Name is what opens it.
	Name string
	// At, if not empty, is the kept state that commands which read have to give
	// as --at.
	At string
	// Confirm, if not empty, is what commands that write have to give as
	// --confirm.
	Confirm string
}

// line makes a command. A positional word that begins with a dash would be
// taken for a flag, so that the flags then go first and end with two dashes.
func line(command string, positional, flags []string) string {
	words := []string{"rowan", command}
	dash := false
	for i, p := range positional {
		dash = dash || strings.HasPrefix(p, "-")
		positional[i] = Quote(p)
	}
	if dash {
		words = append(append(append(words, flags...), "--"), positional...)
	} else {
		words = append(append(words, positional...), flags...)
	}
	return strings.Join(words, " ")
}

// at returns the flag that chooses the state to read.
func (t Target) at() []string {
	if t.At == "" {
		return nil
	}
	return []string{"--at", Quote(t.At)}
}

// Get returns the command that prints a row, for other programs to read.
func Get(t Target, table string, key tuple.Tuple) string {
	return line("get", []string{t.Name, table, keyWord(key)}, append(t.at(), "--json"))
}

// keyWord returns a key as it is typed on the command line: a plain word where
// that reads back as the key whatever the column's type is, and does nothing to
// the terminal that it is pasted into; and otherwise a tuple.
func keyWord(k tuple.Tuple) string {
	if len(k) != 1 {
		return k.String()
	}
	word := k[0].Edit()
	v, err := tuple.ParseAs(tuple.KindNull, "", word)
	if err != nil || v != k[0] || word == "" || word[0] == '(' || strings.ContainsFunc(word, unicode.IsControl) {
		return k.String()
	}
	return word
}

// Scan returns the command that prints what a view shows, filter and sort
// aside, which the command line does not have.
func Scan(t Target, table string, o store.ViewOptions) string {
	flags := append(t.at(), rangeFlags(o.Range)...)
	if o.Reverse {
		flags = append(flags, "--reverse")
	}
	if o.Limit > 0 {
		flags = append(flags, "--limit", strconv.Itoa(o.Limit))
	}
	return line("scan", []string{t.Name, table}, flags)
}

// rangeFlags returns the flags that choose a range. A prefix is not combined
// with other bounds.
func rangeFlags(r tuple.Range) []string {
	if p, ok := Prefix(r); ok {
		return []string{"--prefix", Quote(p.String())}
	}
	var flags []string
	add := func(b tuple.Bound, inclusive, exclusive string) {
		flag := inclusive
		if b.Exclusive {
			flag = exclusive
		}
		if !b.Open() {
			flags = append(flags, flag, Quote(b.String()))
		}
	}
	add(r.Lower, "--from", "--after")
	add(r.Upper, "--to", "--before")
	return flags
}

// Prefix returns the bound that r is the prefix of; ok is false if r is
// another kind of range, or everything.
func Prefix(r tuple.Range) (b tuple.Bound, ok bool) {
	l, u := r.Lower, r.Upper
	if l.Open() || l.Exclusive || u.Exclusive || l.Part != u.Part || len(l.Key) != len(u.Key) {
		return tuple.Bound{}, false
	}
	return l, l.Key.Equal(u.Key)
}

// Change returns the commands that make a staged change. What the command line
// cannot do is a comment that says so.
func Change(t Target, s *store.Staged) []string {
	c := &s.Change
	switch {
	case c.Op == store.Delete:
		return []string{write(t, "delete", c.Table, c.Key, nil, "")}
	case c.Op == store.Insert && c.Key == nil:
		return comment(c.Table, "a row whose key the database makes cannot be inserted by a command")
	case unspeakable(s):
		return comment(c.Table, "a column whose name holds = or ends with : cannot be set by a command")
	case c.Op == store.Insert:
		return []string{write(t, "put", c.Table, c.Key, assignments(s.Schema, c.Set), "--insert")}
	case !c.Moves():
		return []string{write(t, "put", c.Table, c.Key, assignments(s.Schema, c.Set), "--update")}
	}
	var all []store.Assignment
	for i, v := range s.After.Values {
		if !s.Schema.Columns[i].Generated {
			all = append(all, store.Assignment{Column: i, Value: v})
		}
	}
	return []string{
		write(t, "put", c.Table, c.NewKey, assignments(s.Schema, all), "--insert"),
		write(t, "delete", c.Table, c.Key, nil, ""),
	}
}

func comment(table, why string) []string {
	return []string{"# " + strconv.QuoteToASCII(table) + ": " + why}
}

// unspeakable reports whether a change is of a column that COLUMN=VALUE cannot
// name.
func unspeakable(s *store.Staged) bool {
	for _, a := range s.Change.Set {
		if n := s.Schema.Columns[a.Column].Name; strings.ContainsRune(n, '=') || strings.HasSuffix(n, ":") {
			return true
		}
	}
	return false
}

func write(t Target, command, table string, key tuple.Tuple, set []string, flag string) string {
	var flags []string
	if flag != "" {
		flags = append(flags, flag)
	}
	if t.Confirm != "" {
		flags = append(flags, "--confirm", Quote(t.Confirm))
	}
	return line(command, append([]string{t.Name, table, key.String()}, set...), flags)
}

// assignments returns the words that set columns: a plain word where it reads
// back as the value and holds no control characters, which would do something
// to the terminal that it is pasted into, and otherwise JSON.
func assignments(s *store.Schema, set []store.Assignment) []string {
	words := make([]string, len(set))
	for i, a := range set {
		c := &s.Columns[a.Column]
		word := a.Value.Edit()
		if v, err := tuple.ParseAs(c.Kind, c.Type, word); err == nil && v == a.Value && !strings.ContainsFunc(word, unicode.IsControl) {
			words[i] = c.Name + "=" + word
		} else {
			words[i] = c.Name + ":=" + string(a.Value.AppendJSON(nil))
		}
	}
	return words
}
