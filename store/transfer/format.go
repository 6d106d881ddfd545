package transfer

import (
	"path/filepath"
	"slices"
	"strings"
)

// Format is how rows are written.
type Format string

// The formats.
const (
	// CSV is RFC 4180 with a header. NULL is an empty field without quotes, the
	// empty text one with quotes.
	CSV Format = "csv"
	// TSV is a line for each row, with tabs between the values, after a header.
	// NULL is \N; tabs, line breaks and backslashes are escaped by a backslash.
	TSV Format = "tsv"
	// JSONLines is a JSON object on a line for each row.
	JSONLines Format = "jsonl"
	// JSON is an array of such objects.
	JSON Format = "json"
	// SQL is an INSERT for each row.
	SQL Format = "sql"
	// Markdown is a table for people.
	Markdown Format = "md"
)

// Formats lists all formats.
func Formats() []Format { return []Format{CSV, TSV, JSONLines, JSON, SQL, Markdown} }

// FormatNamed returns the format of a name, in any case of letters. It reports
// false if there is none.
func FormatNamed(name string) (Format, bool) {
	f := Format(strings.ToLower(name))
	return f, slices.Contains(Formats(), f)
}

// FormatOf returns the format that the ending of a file's name stands for.
func FormatOf(path string) (Format, bool) {
	return FormatNamed(strings.TrimPrefix(filepath.Ext(path), "."))
}
