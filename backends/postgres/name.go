package postgres

import "strings"

// relationName is how a table is called in this program: by its own name, as it
// is, if the search path finds it, and otherwise as schema.name, where a part
// that has a point or a quote in it is quoted.
func relationName(schema, name string, visible bool) string {
	if visible {
		return name
	}
	return namePart(schema) + "." + namePart(name)
}

func namePart(s string) string {
	if strings.ContainsAny(s, `."`) || s == "" {
		return quote(s)
	}
	return s
}

// quote returns an identifier of SQL, whatever is in it.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// cutName is the inverse of relationName for a table that the search path does
// not find. It reports false if it cannot be the name of one.
func cutName(table string) (schema, name string, ok bool) {
	schema, rest, ok := cutPart(table)
	if !ok || rest == "" {
		return "", "", false
	}
	name, rest, ok = cutPart(rest[1:])
	return schema, name, ok && rest == ""
}

// cutPart takes a part off, up to a point, which is left.
func cutPart(s string) (part, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		if i := strings.IndexByte(s, '.'); i >= 0 {
			return s[:i], s[i:], i > 0 && i+1 < len(s)
		}
		return s, "", true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i < len(s) && s[i] == '"' {
			b.WriteByte('"')
			continue
		}
		return b.String(), s[i:], i == len(s) || s[i] == '.' && i+1 < len(s)
	}
	return "", "", false
}
