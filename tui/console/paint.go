package console

import (
	"strings"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/pane/input"
	"github.com/rowan-db/rowan/tui/style"
)

// painted is a text in the colours of its language. It is kept, because the
// screen is drawn more often than the text changes.
type painted struct {
	text   string
	roles  []coloured
	words  map[string]bool // keywords, in upper case
	pieces []input.Piece
}

// coloured is a part of a text that ends at a byte.
type coloured struct {
	end  int
	role themes.Role
}

// paint returns a text in pieces.
func (p *painted) paint(text string, lang store.Language, l style.Layer) []input.Piece {
	if p.words == nil {
		p.words = keywords(lang)
	}
	if text != p.text {
		p.text, p.roles = text, p.roles[:0]
		p.scan(lang.Dialect.Tokens(text))
	}
	p.pieces = p.pieces[:0]
	for _, c := range p.roles {
		p.pieces = append(p.pieces, input.Piece{End: c.end, SGR: l.Of(c.role)})
	}
	return p.pieces
}

// scan finds the roles of tokens. A word behind a point is a name, whatever the
// word.
func (p *painted) scan(tokens []sqltext.Token) {
	point := false
	for _, t := range tokens {
		role := roleOf(t.Kind)
		if t.Kind == sqltext.Word && !point && p.words[strings.ToUpper(t.Text)] {
			role = themes.Key
		}
		point = t.Is(".")
		p.roles = append(p.roles, coloured{t.Pos + len(t.Text), role})
	}
}

func roleOf(k sqltext.Kind) themes.Role {
	switch k {
	case sqltext.Comment:
		return themes.Muted
	case sqltext.String:
		return themes.String
	case sqltext.Number:
		return themes.Number
	}
	return themes.Text
}

func keywords(lang store.Language) map[string]bool {
	words := map[string]bool{}
	for _, list := range [][]string{sqltext.Keywords(), lang.Keywords} {
		for _, w := range list {
			words[w] = true
		}
	}
	return words
}
