package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// ParseFilter reads a filter for the rows of a table. It is a list of terms,
// all of which must hold:
//
//	word           some value contains the word, in upper or lower case
//	column=value   the column holds the value; also != < <= > >=
//	column~word    the column contains the word; also !~
//	column=null    the column holds NULL; also !=
//
// A word, column or value in quotes, "two words" or 'two words', may contain
// anything; a quote in it is doubled. Values are read as the column's kind is
// typed in a cell. NULL has no order and contains nothing: it is != and !~
// everything else.
//
// It fails with [BadValue] if the text is not a filter for this table.
func ParseFilter(s *Schema, text string) (Filter, error) {
	f := Filter{schema: s, text: text}
	p := filterParser{schema: s, rest: text}
	for p.skipSpace(); p.rest != ""; p.skipSpace() {
		t, err := p.term()
		if err != nil {
			return Filter{}, err
		}
		f.where = append(f.where, t)
	}
	return f, nil
}

// filterParser takes terms off the front of rest.
type filterParser struct {
	schema *Schema
	rest   string
}

func (p *filterParser) fail(hint, format string, args ...any) error {
	return fault("filter", p.schema.Name, BadValue, format, args...).withHint(hint)
}

const quoteHint = `put quotes around it to look for it as it is: "a=b"`

func (p *filterParser) skipSpace() { p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace) }

func (p *filterParser) term() (Condition, error) {
	name, _, err := p.word(true)
	if err != nil {
		return Condition{}, err
	}
	left := p.rest
	p.skipSpace()
	op := p.operator()
	if op == "" {
		p.rest = left
		return Condition{Column: driver.AnyColumn, Op: driver.Contains, Value: lowerText(name)}, nil
	}
	if name == "" {
		return Condition{}, p.fail(quoteHint, "there is no column before %q", op)
	}
	p.skipSpace()
	if p.rest == "" {
		return Condition{}, p.fail(`the empty text is ""`, "there is nothing after %q", name+op)
	}
	value, quoted, err := p.word(false)
	if err != nil {
		return Condition{}, err
	}
	return p.condition(name, op, value, quoted)
}

func lowerText(s string) tuple.Value { return tuple.Text(strings.ToLower(s)) }

// operators lists the operators, each before those that it begins with.
var operators = []struct {
	text string
	op   driver.Comparison
}{
	{"!=", driver.NotEqual}, {"!~", driver.Lacks}, {"<=", driver.AtMost}, {">=", driver.AtLeast},
	{"=", driver.Equal}, {"<", driver.Less}, {">", driver.Greater}, {"~", driver.Contains},
}

// operator takes an operator off the rest, the empty one if there is none.
func (p *filterParser) operator() string {
	for _, o := range operators {
		if rest, ok := strings.CutPrefix(p.rest, o.text); ok {
			p.rest = rest
			return o.text
		}
	}
	return ""
}

func comparisonOf(operator string) driver.Comparison {
	for _, o := range operators {
		if o.text == operator {
			return o.op
		}
	}
	return 0
}

// word reads up to a space or, if asked to, an operator, quoted parts taken
// apart. It reports whether any part was quoted.
func (p *filterParser) word(untilOperator bool) (text string, quoted bool, err error) {
	var b strings.Builder
	for p.rest != "" {
		if q := p.rest[0]; q == '"' || q == '\'' {
			if err := p.quoted(&b, p.rest[:1]); err != nil {
				return "", false, err
			}
			quoted = true
			continue
		}
		r, size := utf8.DecodeRuneInString(p.rest)
		if unicode.IsSpace(r) {
			break
		}
		if untilOperator && (&filterParser{rest: p.rest}).operator() != "" {
			break
		}
		b.WriteString(p.rest[:size])
		p.rest = p.rest[size:]
	}
	return b.String(), quoted, nil
}

// quoted reads a part in quotes, in which two quotes stand for one.
func (p *filterParser) quoted(b *strings.Builder, quote string) error {
	start := p.rest
	p.rest = p.rest[1:]
	for {
		text, rest, ok := strings.Cut(p.rest, quote)
		if !ok {
			return p.fail("close it with "+quote, "the quote before %.20q is not closed", start[1:])
		}
		b.WriteString(text)
		p.rest = rest
		if !strings.HasPrefix(rest, quote) {
			return nil
		}
		b.WriteString(quote)
		p.rest = rest[1:]
	}
}

func (p *filterParser) condition(name, operator, text string, quoted bool) (Condition, error) {
	i, ok := columnNamed(p.schema, name)
	if !ok {
		return Condition{}, p.fail(quoteHint, "there is no column %q", name)
	}
	c := Condition{Column: i, Op: comparisonOf(operator)}
	switch {
	case c.Op == driver.Contains || c.Op == driver.Lacks:
		c.Value = lowerText(text)
		return c, nil
	case !quoted && strings.EqualFold(text, "null"):
		return p.nullCondition(c, name)
	}
	v, err := parseFilterValue(p.schema.ColumnAt(i), text, quoted)
	if err != nil {
		e := wrapAs("filter", p.schema.Name, BadValue, err)
		return Condition{}, e.withHint(name + "~" + text + " looks for it as text")
	}
	c.Value = v
	return c, nil
}

// nullCondition returns the condition for a comparison with NULL.
func (p *filterParser) nullCondition(c Condition, name string) (Condition, error) {
	switch c.Op {
	case driver.Equal:
		c.Op = driver.IsNull
	case driver.NotEqual:
		c.Op = driver.NotNull
	default:
		return Condition{}, p.fail(name+"=null finds NULL", "NULL is neither more nor less than anything")
	}
	return c, nil
}

func parseFilterValue(c *Column, text string, quoted bool) (tuple.Value, error) {
	switch {
	case c.Kind == tuple.KindJSON:
		return tuple.JSON(text), nil // whether it is valid does not matter
	case c.Kind == tuple.KindNull && quoted:
		return tuple.Text(text), nil
	}
	return tuple.ParseAs(c.Kind, c.Type, text)
}

// columnNamed returns the index of a column into the key's and then the other
// columns: the one of exactly this name, or else the only one that differs in
// case.
func columnNamed(s *Schema, name string) (int, bool) {
	found, matches := -1, 0
	for i, c := range allColumns(s) {
		if c.Name == name {
			return i, true
		}
		if strings.EqualFold(c.Name, name) {
			found = i
			matches++
		}
	}
	return found, matches == 1
}
