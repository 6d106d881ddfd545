package sqltext

import (
	"slices"
	"strings"
)

// Statement is a statement of a script.
type Statement struct {
	// Text is the statement, without what ends it and without comments before
	// and after it.
	Text string
	// Start is where Text begins in the script; End is behind what ends the
	// statement.
	Start, End int
}

// Split takes a script apart into its statements, in order. What holds nothing
// but spaces and comments is none.
func (d Dialect) Split(script string) []Statement {
	sp := splitter{scanner: scanner{dialect: d, text: script, delimiter: ";"}}
	for sp.pos < len(script) {
		if len(sp.tokens) == 0 && d.Delimiter && sp.delimiterLine() {
			continue
		}
		sp.take(sp.next())
	}
	sp.end(len(script))
	return sp.statements
}

// At returns the statement that a position in the script is in, or else the
// last one before it. It reports false if there is none.
func (d Dialect) At(script string, pos int) (Statement, bool) {
	var found Statement
	ok := false
	for _, s := range d.Split(script) {
		if ok && s.Start > pos {
			break
		}
		found, ok = s, true
		if pos <= s.End {
			break
		}
	}
	return found, ok
}

// splitter collects the tokens of a statement until one ends it.
type splitter struct {
	scanner
	statements []Statement
	tokens     []Token // that count, of the statement under way
	depth      int     // of the body that it is in
}

func (sp *splitter) take(t Token) {
	switch {
	case t.Kind == Space, t.Kind == Comment && !sp.isRun(t):
	case t.Kind == Delimiter && sp.depth == 0:
		sp.end(t.Pos + len(t.Text))
	default:
		sp.tokens = append(sp.tokens, t)
		if sp.dialect.Bodies && t.Kind == Word {
			sp.follow(t)
		}
	}
}

func (sp *splitter) isRun(t Token) bool {
	return sp.dialect.ExecutableComments && (strings.HasPrefix(t.Text, "/*!") || strings.HasPrefix(t.Text, "/*M!"))
}

// end ends the statement under way.
func (sp *splitter) end(pos int) {
	if n := len(sp.tokens); n > 0 {
		start, last := sp.tokens[0].Pos, sp.tokens[n-1]
		text := sp.text[start : last.Pos+len(last.Text)]
		sp.statements = append(sp.statements, Statement{Text: text, Start: start, End: pos})
	}
	sp.tokens, sp.depth = nil, 0
}

// withBodies are what a statement creates whose BEGIN begins no transaction.
var withBodies = []string{"FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE"}

// closedByName are the blocks of procedures that end with END and their own
// name, and begin with a word that may mean something else.
var closedByName = []string{"IF", "LOOP", "WHILE", "REPEAT", "FOR"}

// follow keeps count of the bodies that a word begins or ends.
func (sp *splitter) follow(t Token) {
	n := len(sp.tokens)
	afterEnd := n > 1 && sp.tokens[n-2].Is("END")
	switch {
	case !sp.createsBody():
	case afterEnd && slices.ContainsFunc(closedByName, t.Is):
		sp.depth++ // END ended that, which was not counted
	case t.Is("BEGIN"), t.Is("CASE") && !afterEnd:
		sp.depth++
	case t.Is("END"):
		sp.depth = max(0, sp.depth-1)
	}
}

// createsBody reports whether the statement under way creates something that
// has a body: CREATE, some words, and what it is.
func (sp *splitter) createsBody() bool {
	const most = 12 // words of CREATE OR REPLACE DEFINER = user@host SQL SECURITY ...
	if !sp.tokens[0].Is("CREATE") && !sp.tokens[0].Is("ALTER") {
		return false
	}
	for _, t := range sp.tokens[:min(len(sp.tokens), most)] {
		if slices.ContainsFunc(withBodies, t.Is) {
			return true
		}
		if t.Is("(") {
			return false
		}
	}
	return false
}

// delimiterLine takes a line that says what ends statements from now on.
func (sp *splitter) delimiterLine() bool {
	const command = "DELIMITER"
	rest := sp.rest()
	if len(rest) <= len(command) || !strings.EqualFold(rest[:len(command)], command) {
		return false
	}
	line, _, _ := strings.Cut(rest[len(command):], "\n")
	fields := strings.Fields(line)
	if len(fields) == 0 || line[0] != ' ' && line[0] != '\t' {
		return false
	}
	sp.delimiter = fields[0]
	sp.pos += len(command) + len(line)
	return true
}
