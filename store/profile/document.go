package profile

import (
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// document is a TOML file as statements that keep their text: blank lines and
// comments, headers of tables, and settings, whose values may go on for
// several lines.
type document struct{ statements []statement }

// statement is one or more whole lines, with the line feeds.
type statement struct {
	text  string
	table []string // of a header: the parts of its name
	key   string   // of a setting: its name, if that has one part
	// value is where the value of a setting is in text.
	value, valueEnd int
}

func (s statement) isHeader() bool { return s.table != nil }

func newDocument(text string) *document {
	d := &document{}
	for text != "" {
		s := nextStatement(text)
		d.statements = append(d.statements, s)
		text = text[len(s.text):]
	}
	return d
}

func (d *document) String() string {
	var b strings.Builder
	for _, s := range d.statements {
		b.WriteString(s.text)
	}
	return b.String()
}

// nextStatement returns the statement that text begins with.
func nextStatement(text string) statement {
	line := text[:lineEnd(text, 0)]
	trimmed := strings.TrimLeft(line, " \t")
	switch {
	case strings.HasPrefix(trimmed, "["):
		return statement{text: line, table: tablePath(line)}
	case trimmed == "" || strings.ContainsRune("#\r\n", rune(trimmed[0])):
		return statement{text: line}
	}
	equals := afterKey(line)
	if equals < 0 {
		return statement{text: line}
	}
	value := equals + 1
	for value < len(line) && (line[value] == ' ' || line[value] == '\t') {
		value++
	}
	end := valueEnd(text, value)
	s := statement{text: text[:lineEnd(text, end)], value: value, valueEnd: end}
	if path := keyPath(line[:equals]); len(path) == 1 {
		s.key = path[0]
	}
	return s
}

// lineEnd returns where the line that holds position at ends, after its line
// feed.
func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// afterKey returns where the equals sign after a key is, or -1.
func afterKey(line string) int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '=':
			return i
		case '#':
			return -1
		case '"', '\'':
			i = stringEnd(line, i) - 1
		}
	}
	return -1
}

// valueEnd returns where the value that begins at position at ends: after the
// brackets that it opens are closed, or at a blank or a comment.
func valueEnd(text string, at int) int {
	depth := 0
	for i := at; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\'':
			i = stringEnd(text, i) - 1
		case c == '[' || c == '{':
			depth++
			continue
		case c == ']' || c == '}':
			depth--
		case c == '#' && depth > 0:
			i = lineEnd(text, i) - 1
			continue
		case depth == 0 && strings.IndexByte(" \t\r\n#", c) >= 0:
			return i
		default:
			continue
		}
		if depth <= 0 {
			return min(i+1, len(text))
		}
	}
	return len(text)
}

// stringEnd returns where the string that begins at position at ends, after
// its quotes.
func stringEnd(text string, at int) int {
	q := text[at]
	quotes := text[at : at+1]
	if triple := strings.Repeat(quotes, 3); strings.HasPrefix(text[at:], triple) {
		quotes = triple
	}
	for i := at + len(quotes); i < len(text); i++ {
		switch {
		case q == '"' && text[i] == '\\':
			i++
		case len(quotes) == 1 && text[i] == '\n':
			return i // it does not end: the file is damaged
		case strings.HasPrefix(text[i:], quotes):
			for len(quotes) == 3 && i+3 < len(text) && text[i+3] == q {
				i++ // quotes that are the last characters of the string
			}
			return i + len(quotes)
		}
	}
	return len(text)
}

// tablePath returns the parts of the name in a header, empty but not nil if it
// cannot be read.
func tablePath(line string) []string {
	var table map[string]any
	meta, err := toml.Decode(line, &table)
	if err != nil || len(meta.Keys()) == 0 {
		return []string{}
	}
	keys := meta.Keys()
	return keys[len(keys)-1]
}

// keyPath returns the parts of a key.
func keyPath(key string) []string {
	var table map[string]any
	meta, err := toml.Decode(key+" = 0", &table)
	if err != nil || len(meta.Keys()) == 0 {
		return nil
	}
	keys := meta.Keys()
	return keys[len(keys)-1]
}

// header returns where the table of a profile begins, or -1.
func (d *document) header(name string) int {
	return slices.IndexFunc(d.statements, func(s statement) bool {
		return len(s.table) == 2 && s.table[0] == "profiles" && s.table[1] == name
	})
}

// end returns where the table that begins at statement at ends: at the next
// header.
func (d *document) end(at int) int {
	if i := slices.IndexFunc(d.statements[at+1:], statement.isHeader); i >= 0 {
		return at + 1 + i
	}
	return len(d.statements)
}

// of reports whether a header is that of a profile or of a table in it.
func (s statement) of(name string) bool {
	return len(s.table) >= 2 && s.table[0] == "profiles" && s.table[1] == name
}

// rename gives a profile another name.
func (d *document) rename(from, to string) {
	for i := range d.statements {
		s := &d.statements[i]
		if !s.of(from) {
			continue
		}
		s.table = append([]string{"profiles", to}, s.table[2:]...)
		parts := make([]string, len(s.table))
		for j, part := range s.table {
			parts[j] = tomlKey(part)
		}
		open, last := strings.IndexByte(s.text, '['), headerEnd(s.text)
		s.text = s.text[:open+1] + strings.Join(parts, ".") + s.text[last:]
	}
}

// headerEnd returns where the bracket is that ends a header.
func headerEnd(line string) int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"', '\'':
			i = stringEnd(line, i) - 1
		case ']':
			return i
		}
	}
	return len(line)
}

// set gives a setting of a profile a value, or removes it if value is empty.
func (d *document) set(name, key, value string) {
	at := d.header(name)
	if at < 0 {
		return // what comes of that is not what is wanted: see File.keep
	}
	end := d.end(at)
	for i := at + 1; i < end; i++ {
		if s := &d.statements[i]; s.key == key {
			if value == "" {
				d.statements = slices.Delete(d.statements, i, i+1)
			} else {
				s.text = s.text[:s.value] + value + s.text[s.valueEnd:]
				s.valueEnd = s.value + len(value)
			}
			return
		}
	}
	d.dropTable(name, key)
	if value != "" {
		d.insert(at, key+" = "+value)
	}
}

// insert adds a setting after the last one of the table that begins at
// statement at.
func (d *document) insert(at int, line string) {
	last := at
	for i := at; i < d.end(at); i++ {
		if d.statements[i].key != "" || d.statements[i].valueEnd > 0 {
			last = i
		}
	}
	if before := &d.statements[last]; !strings.HasSuffix(before.text, "\n") {
		before.text += "\n"
	}
	d.statements = slices.Insert(d.statements, last+1, nextStatement(line+"\n"))
}

// dropTable removes a table within a profile.
func (d *document) dropTable(name, key string) {
	for i := range d.statements {
		if s := &d.statements[i]; s.of(name) && len(s.table) == 3 && s.table[2] == key {
			d.statements = slices.Delete(d.statements, i, d.bodyEnd(i))
			return
		}
	}
}

// remove removes a profile with the tables in it, and the comments that stand
// right above them.
func (d *document) remove(name string) {
	for i := 0; i < len(d.statements); i++ {
		if !d.statements[i].of(name) {
			continue
		}
		start := i
		for start > 0 && strings.HasPrefix(strings.TrimLeft(d.statements[start-1].text, " \t"), "#") {
			start--
		}
		d.statements = slices.Delete(d.statements, start, d.bodyEnd(i))
		i = start - 1
	}
}

// bodyEnd returns where the table that begins at statement at ends, without
// the comment that stands right above the next one.
func (d *document) bodyEnd(at int) int {
	end := d.end(at)
	if end == len(d.statements) {
		return end
	}
	for end > at+1 && strings.HasPrefix(strings.TrimLeft(d.statements[end-1].text, " \t"), "#") {
		end--
	}
	return end
}
