package sqltext

import (
	"slices"
	"strings"
)

// Select is a query that reads the rows of one table, each of which gives one
// row of the result at most: SELECT what FROM table, and perhaps WHERE, ORDER
// BY and LIMIT.
type Select struct {
	// Table is the name of the table, with the names of what it is in before
	// it, each without its quotes.
	Table []string
	// Items are what it selects, in order.
	Items []Item
}

// Item is something that a query selects.
type Item struct {
	// Star stands for all columns of the table.
	Star bool
	// Column is the column that is selected as it is, without its quotes;
	// empty if it is anything else.
	Column string
}

// Single reports whether a statement is certainly a [Select]. It doubts
// whatever it does not know.
func (d Dialect) Single(statement string) (Select, bool) {
	p := reader{tokens: d.significant(statement)}
	if !p.word("SELECT") {
		return Select{}, false
	}
	p.word("ALL")
	var q Select
	for {
		item, ok := p.item()
		if !ok {
			return Select{}, false
		}
		q.Items = append(q.Items, item)
		if !p.symbol(",") {
			break
		}
	}
	if !p.word("FROM") {
		return Select{}, false
	}
	q.Table = p.path()
	alias := p.alias()
	return q, len(q.Table) > 0 && p.onlyNarrows() && q.qualifiersFit(p.qualifiers, alias)
}

// significant returns the tokens that are not spaces or comments, without what
// ends the statement.
func (d Dialect) significant(statement string) []Token {
	return slices.DeleteFunc(d.Tokens(statement), func(t Token) bool {
		return t.Kind == Space || t.Kind == Comment && !d.ExecutableComments || t.Kind == Delimiter
	})
}

// reader takes tokens off the front.
type reader struct {
	tokens     []Token
	qualifiers []string // of the items
}

func (p *reader) peek() Token {
	if len(p.tokens) == 0 {
		return Token{}
	}
	return p.tokens[0]
}

func (p *reader) drop() { p.tokens = p.tokens[1:] }

func (p *reader) word(w string) bool {
	if t := p.peek(); t.Kind != Word || !t.Is(w) {
		return false
	}
	p.drop()
	return true
}

func (p *reader) symbol(s string) bool {
	if t := p.peek(); t.Kind != Symbol || t.Text != s {
		return false
	}
	p.drop()
	return true
}

// clauses are the words that follow what they cannot be the alias of.
var clauses = []string{"FROM", "WHERE", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "JOIN",
	"INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "ON", "USING", "AS", "INTO", "TABLESAMPLE", "INDEXED", "NOT", "DISTINCT", "STRAIGHT_JOIN", "PARTITION"}

func isClause(t Token) bool { return t.Kind == Word && slices.ContainsFunc(clauses, t.Is) }

// name takes a name.
func (p *reader) name() (string, bool) {
	t := p.peek()
	if t.Kind != Name && t.Kind != Word || isClause(t) {
		return "", false
	}
	p.drop()
	return Unquote(t), true
}

// path takes names with points between them.
func (p *reader) path() []string {
	var path []string
	for {
		name, ok := p.name()
		if !ok {
			return nil
		}
		if path = append(path, name); !p.symbol(".") {
			return path
		}
	}
}

// item takes something that is selected, up to the comma or FROM behind it.
func (p *reader) item() (Item, bool) {
	end := p.itemEnd()
	if end == 0 {
		return Item{}, false
	}
	in := reader{tokens: p.tokens[:end]}
	p.tokens = p.tokens[end:]
	if len(in.tokens) == 1 && in.symbol("*") {
		return Item{Star: true}, true
	}
	var path []string
	for len(in.tokens) > 0 {
		if len(path) > 0 && in.symbol("*") && len(in.tokens) == 0 {
			p.qualifiers = append(p.qualifiers, path[len(path)-1])
			return Item{Star: true}, true
		}
		name, ok := in.name()
		if !ok {
			return Item{}, true
		}
		if path = append(path, name); !in.symbol(".") {
			break
		}
	}
	return p.columnItem(path, in.tokens), true
}

// columnItem returns the item of a column with what is before it, and what is
// behind it.
func (p *reader) columnItem(path []string, after []Token) Item {
	rest := reader{tokens: after}
	rest.word("AS")
	if len(rest.tokens) > 0 {
		if _, ok := rest.name(); !ok || len(rest.tokens) > 0 {
			return Item{}
		}
	}
	if len(path) > 1 {
		p.qualifiers = append(p.qualifiers, path[len(path)-2])
	}
	return Item{Column: path[len(path)-1]}
}

// itemEnd returns how many tokens belong to the item that begins, 0 if no FROM
// follows.
func (p *reader) itemEnd() int {
	depth := 0
	for i, t := range p.tokens {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case depth == 0 && (t.Is(",") || t.Is("FROM")):
			return i
		case t.Is("DISTINCT"), t.Is("INTO"):
			return 0
		}
	}
	return 0
}

func (p *reader) alias() string {
	p.word("AS")
	alias, _ := p.name()
	return alias
}

// onlyNarrows reports whether what follows the table leaves out rows, or sorts
// them, and nothing else.
func (p *reader) onlyNarrows() bool {
	if t := p.peek(); len(p.tokens) > 0 && !slices.ContainsFunc([]string{"WHERE", "ORDER", "LIMIT", "OFFSET", "FETCH"}, t.Is) {
		return false
	}
	depth := 0
	for _, t := range p.tokens {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case depth > 0:
		case slices.ContainsFunc([]string{"GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "MINUS", "INTO", "PROCEDURE"}, t.Is):
			return false
		}
	}
	return true
}

// qualifiersFit reports whether all columns are said to be of the table itself.
func (q *Select) qualifiersFit(qualifiers []string, alias string) bool {
	name := q.Table[len(q.Table)-1]
	return !slices.ContainsFunc(qualifiers, func(s string) bool {
		return !strings.EqualFold(s, name) && !strings.EqualFold(s, alias)
	})
}

// Unquote returns the name that a token of kind [Word] or [Name] stands for.
func Unquote(t Token) string {
	if t.Kind != Name || len(t.Text) < 2 {
		return t.Text
	}
	inner, quote := t.Text[1:len(t.Text)-1], t.Text[:1]
	if quote == "[" {
		return inner
	}
	return strings.ReplaceAll(inner, quote+quote, quote)
}
