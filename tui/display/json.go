package display

// JSONLines is a JSON value with one member or element on each line, indented
// by its depth. Literals are shown exactly as they are written in the source:
// a number keeps all its digits, a string its escapes.
//
// A source that is not valid is shown as it is from the first error on, as
// [KindInvalid]; [JSONLines.Err] says where. Names that occur twice are no
// error.
type JSONLines struct {
	lex   lexer
	width int
	lines []ViewLine

	open []byte // the brackets that are open, outermost first
	more bool   // a member or an element must follow, not a closing bracket
	done bool   // the outermost value is complete

	err  *SyntaxError
	tail *TextLines // what follows the error
	all  bool
}

// maxDepth is how deeply values may be nested. It bounds what an input of
// opening brackets can cost.
const maxDepth = 10_000

// NewJSON returns src laid out on lines of at most width cells. Lines are not
// broken when width is not positive.
func NewJSON(src string, width int) *JSONLines {
	return &JSONLines{lex: lexer{src: src}, width: width, more: true}
}

// Err returns the *[SyntaxError] in what was laid out so far, or nil.
func (j *JSONLines) Err() error {
	if j.err == nil {
		return nil
	}
	return j.err
}

// Line implements [Lines].
func (j *JSONLines) Line(n int) (ViewLine, bool) {
	for !j.all && len(j.lines) <= n {
		j.extend()
	}
	if n < 0 || n >= len(j.lines) {
		return ViewLine{}, false
	}
	return j.lines[n], true
}

// Known implements [Lines].
func (j *JSONLines) Known() (int, bool) { return len(j.lines), j.all }

// extend lays out one more member, element or bracket, or finds the end.
func (j *JSONLines) extend() {
	switch {
	case j.tail != nil:
		j.invalid()
	case j.done:
		if j.all = j.lex.atEnd(); !j.all {
			j.fail(nil, j.lex.errorf("the value ended before"))
		}
	case j.more:
		j.member()
	default:
		j.close()
	}
}

// member lays out a value, with its name when it is in an object.
func (j *JSONLines) member() {
	var toks []Token
	if len(j.open) > 0 && j.open[len(j.open)-1] == '{' {
		name, err := j.lex.name()
		if err != nil {
			j.fail(toks, err)
			return
		}
		toks = append(toks, name)
		if err := j.lex.punct(':'); err != nil {
			j.fail(toks, err)
			return
		}
		toks = append(toks, Token{KindPunct, ": "})
	}
	value, err := j.lex.value()
	if err != nil {
		j.fail(toks, err)
		return
	}
	if value.Kind != KindPunct {
		j.complete(len(j.open), append(toks, value))
		return
	}
	j.bracket(append(toks, value), value.Text[0])
}

// bracket begins an object or an array: on lines of its own, unless it is
// empty.
func (j *JSONLines) bracket(toks []Token, open byte) {
	if j.lex.skip(closing(open)) {
		toks[len(toks)-1].Text = string([]byte{open, closing(open)})
		j.complete(len(j.open), toks)
		return
	}
	if len(j.open) == maxDepth {
		j.fail(toks, j.lex.errorf("the value is nested too deeply"))
		return
	}
	j.emit(len(j.open), toks)
	j.open = append(j.open, open)
	j.more = true
}

// close ends the innermost object or array.
func (j *JSONLines) close() {
	last := len(j.open) - 1
	c := closing(j.open[last])
	if err := j.lex.punct(c); err != nil {
		err.Msg = "',' or '" + string(c) + "' is expected"
		j.fail(nil, err)
		return
	}
	j.open = j.open[:last]
	j.complete(last, []Token{{KindPunct, string(c)}})
}

// complete ends a line with a value that is complete.
func (j *JSONLines) complete(depth int, toks []Token) {
	j.done = len(j.open) == 0
	j.more = !j.done && j.lex.skip(',')
	if j.more {
		toks = append(toks, Token{KindPunct, ","})
	}
	j.emit(depth, toks)
}

// fail ends the valid part with what was laid out of the current line.
func (j *JSONLines) fail(toks []Token, err *SyntaxError) {
	if len(toks) > 0 {
		j.emit(len(j.open), toks)
	}
	j.err = err
	j.tail = NewText(j.lex.src[j.lex.pos:], j.width)
	j.tail.kind = KindInvalid
}

// invalid lays out a line of what follows an error.
func (j *JSONLines) invalid() {
	n, _ := j.tail.Known()
	line, ok := j.tail.Line(n)
	if !ok {
		j.all = true
		return
	}
	if line.Number > 0 {
		line.Number = len(j.lines) + 1
	}
	j.lines = append(j.lines, line)
}

func closing(open byte) byte {
	if open == '{' {
		return '}'
	}
	return ']'
}

// emit adds a line, broken when it is too wide.
func (j *JSONLines) emit(depth int, toks []Token) {
	f := folder{lines: j.lines, indent: 2 * depth, width: j.width}
	if j.width > 0 {
		f.indent = min(f.indent, j.width/2)
	}
	f.begin(len(j.lines)+1, f.indent)
	for _, t := range toks {
		f.add(t)
	}
	j.lines = f.lines
}

// folder breaks the tokens of one line.
type folder struct {
	lines         []ViewLine
	indent, width int
	room          int // cells left in the last line
}

func (f *folder) begin(number, indent int) {
	f.lines = append(f.lines, ViewLine{Number: number, Indent: indent})
	f.room = f.width - indent
}

// add adds a token. Only strings and names are broken within.
func (f *folder) add(t Token) {
	for f.width > 0 {
		w := WidthUpTo(t.Text, f.room)
		if w <= f.room {
			f.room -= w
			break
		}
		empty := len(f.last().Tokens) == 0
		if t.breakable() && (empty || f.room >= maxEscape) {
			end, _ := breakLine(t.Text, f.room)
			f.put(Token{t.Kind, t.Text[:end]})
			t.Text = t.Text[end:]
		} else if empty {
			break // wider than any line
		}
		if t.Text == "" {
			return
		}
		f.begin(0, min(f.indent+2, f.width/2))
	}
	f.put(t)
}

func (t Token) breakable() bool { return t.Kind == KindString || t.Kind == KindName }

func (f *folder) last() *ViewLine { return &f.lines[len(f.lines)-1] }

func (f *folder) put(t Token) { f.last().Tokens = append(f.last().Tokens, t) }
