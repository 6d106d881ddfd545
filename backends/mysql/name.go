package mysql

import "strings"

// tableName is the name of a table and of the database that it is in.
//
// A table of the database that is connected to is called by its own name; any
// other is called database.table. A name with a dot or a backtick in it stands
// in backticks, as in the database's own language, so that no two tables are
// called alike.
type tableName struct{ database, table string }

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// spell returns a table's name, as seen from a connected database.
func (n tableName) spell(connected string) string {
	if n.database == connected {
		return plainOrQuoted(n.table)
	}
	return plainOrQuoted(n.database) + "." + plainOrQuoted(n.table)
}

func plainOrQuoted(name string) string {
	if name == "" || strings.ContainsAny(name, ".`") {
		return quote(name)
	}
	return name
}

// parseName reads what spell wrote. What spell would not write, such as three
// names with dots between them, is the name of a table as it stands.
func parseName(spelled, connected string) tableName {
	first, rest, ok := takeName(spelled)
	switch {
	case ok && rest == "":
		return tableName{connected, first}
	case ok && strings.HasPrefix(rest, "."):
		if second, rest, ok := takeName(rest[1:]); ok && rest == "" {
			return tableName{first, second}
		}
	}
	return tableName{connected, spelled}
}

// takeName takes a name, quoted or not, from the beginning of a text.
func takeName(text string) (name, rest string, ok bool) {
	if !strings.HasPrefix(text, "`") {
		end := strings.IndexAny(text, ".`")
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], end > 0
	}
	var b strings.Builder
	for text = text[1:]; text != ""; {
		part, after, found := strings.Cut(text, "`")
		b.WriteString(part)
		if !found {
			return "", "", false
		}
		if !strings.HasPrefix(after, "`") {
			return b.String(), after, true
		}
		b.WriteByte('`')
		text = after[1:]
	}
	return "", "", false
}

// sql returns the name as a statement has it.
func (n tableName) sql() string {
	if n.database == "" {
		return quote(n.table)
	}
	return quote(n.database) + "." + quote(n.table)
}
