package display

import "fmt"

// HexLines is bytes as a hex dump: the offset, the bytes in hexadecimal, and
// those that are printable ASCII.
type HexLines struct {
	data    []byte
	perLine int
	digits  int // of the offset
}

// NewHex returns data as a hex dump. A line has as many bytes as fit into
// width cells of 32, 16, 8 or 4; 16 when width is not positive. The data must
// not change while the dump is used.
func NewHex(data []byte, width int) *HexLines {
	h := &HexLines{data: data, perLine: 16, digits: max(8, len(fmt.Sprintf("%x", len(data))))}
	if width > 0 {
		h.perLine = 32
		for h.perLine > 4 && h.width() > width {
			h.perLine /= 2
		}
	}
	return h
}

// width returns the width of a full line.
func (h *HexLines) width() int { return h.digits + 2 + h.hexWidth() + 2 + h.perLine + len("||") }

// hexWidth returns the width of the bytes: two digits and a space for each,
// and another space after each group of eight.
func (h *HexLines) hexWidth() int { return h.perLine*3 - 1 + (h.perLine-1)/8 }

// Known implements [Lines]. A dump has one line at least.
func (h *HexLines) Known() (int, bool) {
	return max(1, (len(h.data)+h.perLine-1)/h.perLine), true
}

// Line implements [Lines].
func (h *HexLines) Line(n int) (ViewLine, bool) {
	if count, _ := h.Known(); n < 0 || n >= count {
		return ViewLine{}, false
	}
	from := n * h.perLine
	row := h.data[from:min(len(h.data), from+h.perLine)]
	hex := make([]byte, 0, h.hexWidth()+4)
	ascii := make([]byte, 0, h.perLine+2)
	ascii = append(ascii, '|')
	for i, c := range row {
		if i > 0 && i%8 == 0 {
			hex = append(hex, ' ')
		}
		hex = append(hex, hexLower[c>>4], hexLower[c&15], ' ')
		if c < ' ' || c > '~' {
			c = '.'
		}
		ascii = append(ascii, c)
	}
	hex = AppendSpaces(hex, h.hexWidth()+2-len(hex))
	return ViewLine{Number: n + 1, Tokens: []Token{
		{KindPunct, fmt.Sprintf("%0*x  ", h.digits, from)},
		{KindText, string(hex)},
		{KindString, string(append(ascii, '|'))},
	}}, true
}
