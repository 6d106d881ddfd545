package console

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/sqltext"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/style"
)

func TestStatementsArePaintedByTheirTokens(t *testing.T) {
	lang := store.Language{Keywords: []string{"SELVAGE"}, Dialect: sqltext.Dialect{}}
	names := map[themes.Role]string{themes.Key: "key", themes.String: "string", themes.Number: "number", themes.Muted: "comment", themes.Text: "text"}
	var p painted
	for _, c := range []struct{ text, want string }{
		{"Select a", "key:Select text: text:a"},
		{"t.order selvage", "text:t text:. text:order text: key:selvage"},
		{`'it''s' "from" 1.5e3`, `string:'it''s' text: text:"from" text: number:1.5e3`},
		{"-- select\n/* from", "comment:-- select text:\n comment:/* from"},
		{"'not closed", "string:'not closed"},
		{"", ""},
	} {
		p.paint(c.text, lang, style.Layer{})
		var got []string
		at := 0
		for _, r := range p.roles {
			got = append(got, fmt.Sprintf("%s:%s", names[r.role], strings.Trim(c.text[at:r.end], " ")))
			at = r.end
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%q is painted %q, not %q", c.text, text, c.want)
		}
	}
}
