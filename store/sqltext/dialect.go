// Package sqltext takes SQL text apart as far as a tool has to that runs what
// people write: into tokens, and scripts into statements.
//
// It guarantees that the parts, joined, are the text, byte for byte, and that
// a semicolon in a string, a quoted name, a comment or a body between BEGIN and
// END ends nothing. It does not know grammar, and never decides what a
// statement does: whether it writes is for the database to say.
package sqltext

// Dialect is what differs between databases in how text is read. The zero
// Dialect is standard SQL: ” and "" quote, and double themselves inside; --
// begins a comment that ends with the line, /* one that ends with */.
type Dialect struct {
	// DollarQuotes: $$ and $name$ begin a string that ends with the same.
	DollarQuotes bool
	// EscapeStrings: E'...' is a string in which a backslash escapes.
	EscapeStrings bool
	// BackslashEscapes: a backslash escapes in every '...' and "...".
	BackslashEscapes bool
	// Backticks: `...` is a quoted name.
	Backticks bool
	// Brackets: [...] is a quoted name.
	Brackets bool
	// HashComments: # begins a comment that ends with the line.
	HashComments bool
	// DashNeedsSpace: -- begins a comment only before a space or the end of
	// the line.
	DashNeedsSpace bool
	// NestedComments: a comment may hold another.
	NestedComments bool
	// ExecutableComments: what is in /*! ... */ is run.
	ExecutableComments bool
	// Delimiter: a line "DELIMITER x" makes x what ends a statement.
	Delimiter bool
	// Bodies: in CREATE FUNCTION, PROCEDURE, TRIGGER and the like, what is
	// between BEGIN and END belongs to the statement.
	Bodies bool
}
