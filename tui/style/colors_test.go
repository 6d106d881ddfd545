package style

import (
	"image/color"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"github.com/rowan-db/rowan/themes"
)

// few returns what is left of a role's colour in a terminal with 16 colours.
func few(t *themes.Theme, r themes.Role) color.Color {
	return colorprofile.ANSI.Convert(toColor(t.Paint(r)))
}

// With 16 colours, no text may vanish in its background, and changes must not
// look alike.
func TestThemesSurviveSixteenColours(t *testing.T) {
	values := []themes.Role{themes.Text, themes.Muted, themes.Key, themes.String, themes.Number, themes.Bool, themes.Time, themes.Binary, themes.Null, themes.Escape, themes.Add, themes.Change, themes.Delete}
	for _, name := range []string{themes.Dark, themes.Light, themes.HighContrast} {
		th, err := themes.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bg := range []themes.Role{themes.Background, themes.RowBg, themes.SelectionBg, themes.OverlayBg, themes.HeaderBg} {
			for _, fg := range values {
				if few(th, fg) == few(th, bg) {
					t.Errorf("%s: %s vanishes on %s: both are %v", name, fg, bg, few(th, fg))
				}
			}
		}
		for _, p := range [][2]themes.Role{
			{themes.CursorText, themes.CursorBg}, {themes.MatchText, themes.MatchBg}, {themes.ProdText, themes.ProdBg}, {themes.BadgeText, themes.BadgeBg},
			{themes.CursorBg, themes.RowBg}, {themes.CursorBg, themes.Background}, {themes.BorderFocus, themes.Border},
			{themes.Add, themes.Change}, {themes.Change, themes.Delete}, {themes.Add, themes.Delete}, {themes.OK, themes.Fail},
		} {
			if few(th, p[0]) == few(th, p[1]) {
				t.Errorf("%s: %s and %s are both %v", name, p[0], p[1], few(th, p[0]))
			}
		}
	}
}
