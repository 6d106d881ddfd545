package mysql

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A geometry is kept as the number of its reference system and then as
// well-known binary. It is shown as well-known text with that number, such as
// SRID=4326;POINT(1 2), whose coordinates are spelled so that they read back as
// the same numbers; the server's own function for that drops both. What this
// file does not understand is shown as hexadecimal digits.

// geometryNames are the names of the types of geometries by their numbers.
var geometryNames = [...]string{
	1: "POINT", 2: "LINESTRING", 3: "POLYGON", 4: "MULTIPOINT", 5: "MULTILINESTRING", 6: "MULTIPOLYGON", 7: "GEOMETRYCOLLECTION",
}

const (
	kindPoint           = 1
	kindLineString      = 2
	kindPolygon         = 3
	kindMultiPoint      = 4
	kindMultiLineString = 5
	kindMultiPolygon    = 6
	kindCollection      = 7

	// maxNesting bounds how deep collections are within each other.
	maxNesting = 50
	hexPrefix  = "0x"
)

// geometryText returns the text of a geometry as the server keeps it.
func geometryText(raw []byte) string {
	if text, ok := decodeGeometry(raw); ok {
		if again, err := encodeGeometry(text); err == nil && string(again) == string(raw) {
			return text
		}
	}
	return hexPrefix + hex.EncodeToString(raw)
}

func decodeGeometry(raw []byte) (string, bool) {
	if len(raw) < 4 {
		return "", false
	}
	r := wkbReader{b: raw[4:]}
	var text strings.Builder
	if srid := binary.LittleEndian.Uint32(raw); srid != 0 {
		fmt.Fprintf(&text, "SRID=%d;", srid)
	}
	r.geometry(&text, 0, 0)
	return text.String(), !r.failed && len(r.b) == 0
}

// wkbReader reads well-known binary in little-endian order, as the server
// writes it.
type wkbReader struct {
	b      []byte
	failed bool
}

func (r *wkbReader) take(n int) []byte {
	if r.failed || len(r.b) < n {
		r.failed = true
		return make([]byte, n)
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *wkbReader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

func (r *wkbReader) coordinates(text *strings.Builder) {
	for i := range 2 {
		if i > 0 {
			text.WriteByte(' ')
		}
		f := math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
		text.WriteString(strconv.FormatFloat(f, 'g', -1, 64))
	}
}

// list reads a number of things in parentheses.
func (r *wkbReader) list(text *strings.Builder, one func()) {
	text.WriteByte('(')
	for i := range r.uint32() {
		if r.failed {
			return
		}
		if i > 0 {
			text.WriteByte(',')
		}
		one()
	}
	text.WriteByte(')')
}

// geometry reads a geometry: of the kind wanted, without its name, if that is
// not 0.
func (r *wkbReader) geometry(text *strings.Builder, want uint32, depth int) {
	order, kind := r.take(1)[0], r.uint32()
	if order != 1 || kind < kindPoint || kind > kindCollection || want != 0 && kind != want || depth > maxNesting {
		r.failed = true
	}
	if r.failed {
		return
	}
	if want == 0 {
		text.WriteString(geometryNames[kind])
	}
	points := func() { r.list(text, func() { r.coordinates(text) }) }
	part := func(kind uint32) func() { return func() { r.geometry(text, kind, depth+1) } }
	switch kind {
	case kindPoint:
		text.WriteByte('(')
		r.coordinates(text)
		text.WriteByte(')')
	case kindLineString:
		points()
	case kindPolygon:
		r.list(text, points)
	case kindCollection:
		if len(r.b) == 4 && r.uint32() == 0 {
			text.WriteString(" EMPTY")
			return
		}
		r.list(text, part(0))
	default: // a point, a line or a polygon each
		r.list(text, part(kind-3))
	}
}

// encodeGeometry returns the geometry that a text spells, as the server keeps
// it.
func encodeGeometry(text string) ([]byte, error) {
	if digits, ok := strings.CutPrefix(text, hexPrefix); ok {
		return hex.DecodeString(digits)
	}
	srid := uint64(0)
	if rest, ok := strings.CutPrefix(text, "SRID="); ok {
		digits, body, _ := strings.Cut(rest, ";")
		var err error
		if srid, err = strconv.ParseUint(digits, 10, 32); err != nil {
			return nil, fmt.Errorf("%q is not the number of a reference system", digits)
		}
		text = body
	}
	w := wktParser{rest: text, out: binary.LittleEndian.AppendUint32(nil, uint32(srid))}
	w.geometry(0, 0)
	w.space()
	if w.failed || w.rest != "" {
		return nil, fmt.Errorf("%.40q is not a geometry such as SRID=4326;POINT(1 2)", text)
	}
	return w.out, nil
}

// wktParser turns well-known text into well-known binary.
type wktParser struct {
	rest   string
	out    []byte
	failed bool
}

func (p *wktParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *wktParser) took(token string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

func (p *wktParser) need(token string) {
	if !p.took(token) {
		p.failed = true
	}
}

// word reads what letters and digits, or other characters of a number, spell.
func (p *wktParser) word(of func(byte) bool) string {
	p.space()
	n := 0
	for n < len(p.rest) && of(p.rest[n]) {
		n++
	}
	word := p.rest[:n]
	p.rest = p.rest[n:]
	return word
}

func (p *wktParser) kind() uint32 {
	name := strings.ToUpper(p.word(func(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }))
	for kind, known := range geometryNames {
		if known != "" && known == name {
			return uint32(kind)
		}
	}
	p.failed = true
	return 0
}

func (p *wktParser) coordinates() {
	for range 2 {
		digits := p.word(func(b byte) bool { return b >= '0' && b <= '9' || strings.IndexByte("+-.eE", b) >= 0 })
		f, err := strconv.ParseFloat(digits, 64)
		p.failed = p.failed || err != nil
		p.out = binary.LittleEndian.AppendUint64(p.out, math.Float64bits(f))
	}
}

// point reads a point. Those of a MULTIPOINT may stand without parentheses.
func (p *wktParser) point(depth int) {
	bare := depth > 0 && !strings.HasPrefix(strings.TrimLeft(p.rest, " \t\r\n"), "(")
	if !bare {
		p.need("(")
	}
	p.coordinates()
	if !bare {
		p.need(")")
	}
}

// list reads things in parentheses, and writes how many before them.
func (p *wktParser) list(one func()) {
	at := len(p.out)
	p.out = append(p.out, 0, 0, 0, 0)
	p.need("(")
	n := uint32(0)
	for !p.failed {
		one()
		n++
		if !p.took(",") {
			break
		}
	}
	p.need(")")
	binary.LittleEndian.PutUint32(p.out[at:], n)
}

// geometry reads a geometry, whose kind is known if it is not 0.
func (p *wktParser) geometry(kind uint32, depth int) {
	if kind == 0 {
		kind = p.kind()
	}
	if p.failed || depth > maxNesting {
		p.failed = true
		return
	}
	p.out = binary.LittleEndian.AppendUint32(append(p.out, 1), kind)
	points := func() { p.list(p.coordinates) }
	part := func(kind uint32) func() { return func() { p.geometry(kind, depth+1) } }
	switch kind {
	case kindPoint:
		p.point(depth)
	case kindLineString:
		points()
	case kindPolygon:
		p.list(points)
	case kindCollection:
		if p.took("EMPTY") {
			p.out = append(p.out, 0, 0, 0, 0)
			return
		}
		p.list(part(0))
	default:
		p.list(part(kind - 3))
	}
}
