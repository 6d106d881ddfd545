package tuple

import "strings"

// partMark stands after the last element of a bound that is only a beginning.
const partMark = "*"

// String returns b's key as a tuple, with an asterisk after its last element
// if that is only the beginning of one: ("NAME","al"*). [ParseBound] reads it
// back. Whether b is exclusive is not part of the text.
func (b Bound) String() string {
	text := b.Key.String()
	if b.partial() {
		text = text[:len(text)-1] + partMark + ")"
	}
	return text
}

// ParseBound reads what [Bound.String] prints.
func ParseBound(s string) (Bound, error) {
	body := strings.TrimRight(s, " \t")
	whole, part := strings.CutSuffix(body, partMark+")")
	if part {
		s = whole + ")"
	}
	t, err := Parse(s)
	if err != nil {
		return Bound{}, err
	}
	comma := strings.HasSuffix(strings.TrimRight(whole, " \t\r\n"), ",")
	if part && (comma || len(t) == 0 || !hasParts(t[len(t)-1])) {
		return Bound{}, &SyntaxError{Offset: len(whole), Reason: "an asterisk stands only after text or bytes, of which it is the beginning"}
	}
	return Bound{Key: t, Part: part}, nil
}
