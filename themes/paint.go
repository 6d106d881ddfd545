package themes

import (
	"fmt"
	"strings"
)

// Attr is a set of text attributes.
type Attr uint8

// The attributes.
const (
	Bold Attr = 1 << iota
	Faint
	Italic
	Underline
	Reverse
	Strike
)

// Has reports whether all attributes of b are in a.
func (a Attr) Has(b Attr) bool { return a&b == b }

// Paint is how a role looks.
type Paint struct {
	Color string // "#rrggbb" in lower case, or empty for the terminal's own
	Attrs Attr
}

func attrNamed(word string) (Attr, bool) {
	switch word {
	case "bold":
		return Bold, true
	case "faint":
		return Faint, true
	case "italic":
		return Italic, true
	case "underline":
		return Underline, true
	case "reverse":
		return Reverse, true
	case "strike":
		return Strike, true
	}
	return 0, false
}

// parsePaint reads "#rrggbb" or "default", followed by attributes.
func parsePaint(s string) (Paint, error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return Paint{}, fmt.Errorf(`is empty: write "#rrggbb" or "default"`)
	}
	color, err := parseColor(words[0])
	if err != nil {
		return Paint{}, err
	}
	p := Paint{Color: color}
	for _, w := range words[1:] {
		a, ok := attrNamed(w)
		if !ok {
			return Paint{}, fmt.Errorf("has the unknown attribute %q: use bold, faint, italic, underline, reverse or strike", w)
		}
		p.Attrs |= a
	}
	return p, nil
}

func parseColor(s string) (string, error) {
	if s == "default" {
		return "", nil
	}
	lower := strings.ToLower(s)
	if len(lower) != 7 || lower[0] != '#' || strings.Trim(lower[1:], "0123456789abcdef") != "" {
		return "", fmt.Errorf(`has the bad colour %q: write "#rrggbb" or "default"`, s)
	}
	return lower, nil
}
