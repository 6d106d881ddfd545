package style

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/themes"
)

// SGR is a look as a pair of escape sequences, made once: painting text with
// it copies bytes and measures nothing.
//
// On begins with a reset, so that it says all about the look whatever came
// before; runs that follow each other need no Off between them, and going back
// to the look around a run is writing that look's On.
type SGR struct{ On, Off string }

// reset ends any look.
const reset = "\x1b[m"

// Append appends text in this look.
func (s SGR) Append(dst []byte, text string) []byte {
	dst = append(dst, s.On...)
	dst = append(dst, text...)
	return append(dst, s.Off...)
}

// Render returns text in this look. Text must be safe and on one line.
func (s SGR) Render(text string) string { return s.On + text + s.Off }

// With returns the look with more attributes.
func (s SGR) With(a themes.Attr) SGR {
	if s.On == "" {
		return newSGR(themes.Paint{Attrs: a}, themes.Paint{})
	}
	s.On = strings.TrimSuffix(s.On, "m") + attrCodes(a) + "m"
	return s
}

// newSGR returns the look of fg on bg.
func newSGR(fg, bg themes.Paint) SGR {
	on := "\x1b[0" + attrCodes(fg.Attrs|bg.Attrs) + colorCode("38", fg.Color) + colorCode("48", bg.Color) + "m"
	return SGR{On: on, Off: reset}
}

func attrCodes(a themes.Attr) string {
	var b strings.Builder
	for _, c := range [...]struct {
		attr themes.Attr
		code string
	}{
		{themes.Bold, ";1"}, {themes.Faint, ";2"}, {themes.Italic, ";3"},
		{themes.Underline, ";4"}, {themes.Reverse, ";7"}, {themes.Strike, ";9"},
	} {
		if a.Has(c.attr) {
			b.WriteString(c.code)
		}
	}
	return b.String()
}

// colorCode returns the parameters that set a colour, none for the terminal's
// own. Themes hold only colours that parse.
func colorCode(selector, hex string) string {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(";%s;2;%d;%d;%d", selector, n>>16&0xff, n>>8&0xff, n&0xff)
}
