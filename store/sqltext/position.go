package sqltext

import (
	"slices"
	"strings"
)

// Position is what is known of a place in a script where somebody is typing.
type Position struct {
	// Prefix is the part of a name or keyword before the place, and Start where
	// it begins. It is empty between words.
	Prefix string
	Start  int
	// Qualifier is the name before the point that precedes the prefix.
	Qualifier string
	// Table tells that the name of a table is expected.
	Table bool
	// Sources are the tables that the statement names, in order.
	Sources []Source
	// Quoted tells that the place is in a string or a comment, where no name
	// is expected.
	Quoted bool
}

// Source is a table that a statement names, with its alias or an empty one.
type Source struct {
	Table []string // with what it is in, without quotes
	Alias string
}

// Position returns what is known of a place in a script, in bytes.
func (d Dialect) Position(script string, at int) Position {
	p := Position{Start: at}
	start, text := 0, script
	if s, ok := d.At(script, at); ok && at <= s.End {
		start, text = s.Start, s.Text
	}
	if at > start+len(text) {
		text = script[start:at]
	}
	var before []Token
	for _, t := range d.Tokens(text) {
		pos := start + t.Pos
		switch {
		case pos >= at:
		case pos+len(t.Text) < at, t.Kind == Space, t.Kind == Symbol, t.Kind == Delimiter, t.Kind == Number:
			before = append(before, t)
		case t.Kind == Word, t.Kind == Name:
			p.Prefix, p.Start = script[pos:at], pos
		default:
			p.Quoted = true
		}
	}
	before = slices.DeleteFunc(before, func(t Token) bool { return t.Kind == Space || t.Kind == Comment })
	p.look(before)
	p.Sources = d.sources(text)
	return p
}

// tableWords are what the name of a table follows.
var tableWords = []string{"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "DESCRIBE", "TRUNCATE", "REFERENCES"}

// look sets what the tokens before the prefix tell.
func (p *Position) look(before []Token) {
	n := len(before)
	if n > 1 && before[n-1].Is(".") && (before[n-2].Kind == Word || before[n-2].Kind == Name) {
		p.Qualifier = Unquote(before[n-2])
		before = before[:n-2]
		n -= 2
	}
	if n == 0 {
		return
	}
	last := before[n-1]
	p.Table = slices.ContainsFunc(tableWords, last.Is) || last.Is(",") && inFrom(before)
}

// inFrom reports whether the tokens end within a list of tables.
func inFrom(before []Token) bool {
	for _, t := range slices.Backward(before) {
		switch {
		case t.Is("FROM"):
			return true
		case t.Is(")"), isClause(t), t.Is("SELECT"), t.Is("SET"):
			return false
		}
	}
	return false
}

// sources returns the tables that a statement names.
func (d Dialect) sources(statement string) []Source {
	p := reader{tokens: d.significant(statement)}
	var found []Source
	for len(p.tokens) > 0 {
		t := p.peek()
		p.drop()
		if t.Kind != Word || !slices.ContainsFunc(tableWords, t.Is) {
			continue
		}
		for more := true; more; more = t.Is("FROM") && p.symbol(",") {
			if s, ok := p.source(); ok {
				found = append(found, s)
			}
		}
	}
	return found
}

func (p *reader) source() (Source, bool) {
	path := p.path()
	if len(path) == 0 {
		return Source{}, false
	}
	s := Source{Table: path}
	if t := p.peek(); t.Is("AS") || (t.Kind == Word || t.Kind == Name) && !isClause(t) && !t.Is("SET") && !t.Is("VALUES") && !t.Is("SELECT") {
		s.Alias = p.alias()
	}
	return s, true
}

// Unconditional reports whether a statement begins with UPDATE or DELETE and
// has no WHERE of its own, and so is likely to concern every row. It only
// decides whether somebody is asked.
func (d Dialect) Unconditional(statement string) bool {
	tokens := d.significant(statement)
	if len(tokens) == 0 || !tokens[0].Is("UPDATE") && !tokens[0].Is("DELETE") {
		return false
	}
	depth := 0
	for _, t := range tokens {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case depth == 0 && t.Is("WHERE"):
			return false
		}
	}
	return true
}

// First returns the first word of a statement, in upper case.
func (d Dialect) First(statement string) string {
	for _, t := range d.significant(statement) {
		if t.Kind == Word {
			return strings.ToUpper(t.Text)
		}
	}
	return ""
}

// Keywords lists the words that statements are made of, in upper case.
func Keywords() []string {
	return strings.Fields(`ADD ALL ALTER AND AS ASC BEGIN BETWEEN BY CASE CAST CHECK COLUMN COMMIT CONSTRAINT CREATE CROSS DEFAULT DELETE DESC DISTINCT DROP
		ELSE END EXCEPT EXISTS EXPLAIN FALSE FOREIGN FROM FULL GROUP HAVING IN INDEX INNER INSERT INTERSECT INTO IS JOIN KEY LEFT LIKE LIMIT NOT NULL
		OFFSET ON OR ORDER OUTER OVER PARTITION PRIMARY REFERENCES RELEASE RETURNING RIGHT ROLLBACK ROWS SAVEPOINT SELECT SET TABLE TEMPORARY THEN
		TRIGGER TRUE UNION UNIQUE UPDATE USING VALUES VIEW WHEN WHERE WITH`)
}
