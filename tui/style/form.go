package style

import (
	"image/color"

	"charm.land/lipgloss/v2"

	"github.com/rowan-db/rowan/themes"
)

// Form is input by the user.
type Form struct {
	Label, Focused, Help, Error SGR
	Button, ButtonFocused       SGR
}

// toColor returns the colour of a paint, nil for the terminal's own.
func toColor(p themes.Paint) color.Color {
	if p.Color == "" {
		return nil
	}
	return lipgloss.Color(p.Color)
}

// newForm returns the looks of input in dialogs.
func newForm(t *themes.Theme, l Layer) Form {
	return Form{
		Label: l.Muted(), Focused: l.Of(themes.Accent).With(themes.Bold), Help: l.Muted(), Error: l.Of(themes.Fail),
		Button:        newSGR(t.Paint(themes.Text), t.Paint(themes.SelectionBg)),
		ButtonFocused: newSGR(t.Paint(themes.CursorText), t.Paint(themes.CursorBg)),
	}
}
