package style

import (
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
)

// Value is the viewer of one value.
type Value struct {
	Layer
	LineNumber SGR // and offsets of hex dumps
	Invalid    SGR // what is not what it should be
}

func newValue(l Layer) Value {
	return Value{Layer: l, LineNumber: l.Muted(), Invalid: l.Of(themes.Fail)}
}

// Token returns the look of a token of JSON.
func (v Value) Token(k display.Kind) SGR {
	switch k {
	case display.KindName:
		return v.Of(themes.Key)
	case display.KindString:
		return v.Of(themes.String)
	case display.KindNumber:
		return v.Of(themes.Number)
	case display.KindBool:
		return v.Of(themes.Bool)
	case display.KindNull:
		return v.Of(themes.Null)
	case display.KindPunct:
		return v.Muted()
	case display.KindInvalid:
		return v.Invalid
	}
	return v.Text()
}
