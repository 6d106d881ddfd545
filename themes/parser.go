package themes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// parser collects the mistakes of one file.
type parser struct {
	file, src string
	errs      []error
}

// fail records a mistake at the line that sets key.
func (p *parser) fail(key, format string, args ...any) {
	p.errs = append(p.errs, &Error{p.file, p.line(key), fmt.Sprintf(format, args...)})
}

// line returns the line that sets key, or 0. The TOML package does not keep
// the place of a key; in a file of this form a key begins its line.
func (p *parser) line(key string) int {
	n := 0
	for line := range strings.Lines(p.src) {
		n++
		name, _, ok := strings.Cut(line, "=")
		if ok && strings.Trim(name, " \t\"'") == key {
			return n
		}
		if strings.TrimSpace(line) == "["+key+"]" {
			return n
		}
	}
	return 0
}

func (p *parser) theme(f file) *Theme {
	t := &Theme{Name: f.Name}
	if f.Name == "" {
		p.fail("name", "the theme has no name")
	}
	if f.Dark == nil {
		p.fail("dark", "dark = true or dark = false is missing")
	} else {
		t.Dark = *f.Dark
	}
	seen := p.roles(t, f.Roles)
	for _, r := range Roles() {
		if !seen[r] {
			p.fail("roles", "role %s is missing", r)
		}
	}
	return t
}

// roles reads the roles in the order of their lines and returns those that
// were named.
func (p *parser) roles(t *Theme, values map[string]any) (seen [numRoles]bool) {
	keys := slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		return cmp.Or(cmp.Compare(p.line(a), p.line(b)), cmp.Compare(a, b))
	})
	for _, key := range keys {
		r, ok := roleNamed(key)
		if !ok {
			p.fail(key, "unknown role %q", key)
			continue
		}
		seen[r] = true
		s, ok := values[key].(string)
		if !ok {
			p.fail(key, `role %s must be a string such as "#d8dbe2 bold"`, key)
			continue
		}
		paint, err := parsePaint(s)
		if err != nil {
			p.fail(key, "role %s %v", key, err)
			continue
		}
		t.paints[r] = paint
	}
	return seen
}
