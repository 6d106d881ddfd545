package style

import (
	"image/color"

	"charm.land/bubbles/v2/help"
	"charm.land/lipgloss/v2"

	"github.com/rowan-db/rowan/themes"
)

// Form is input by the user.
type Form struct {
	Label, Focused, Help, Error SGR
	Button, ButtonFocused       SGR
	Input                       Input
	Keys                        help.Styles
}

// Input is the looks of a text input or a text area of the Bubbles library.
type Input struct {
	Text, Placeholder, Suggestion, Prompt, PromptBlurred, Selection lipgloss.Style

	Cursor color.Color // nil for the terminal's own
}

// toColor returns the colour of a paint, nil for the terminal's own.
func toColor(p themes.Paint) color.Color {
	if p.Color == "" {
		return nil
	}
	return lipgloss.Color(p.Color)
}

// lip returns the Lip Gloss style that looks as [newSGR] does.
func lip(fg, bg themes.Paint) lipgloss.Style {
	a := fg.Attrs | bg.Attrs
	s := lipgloss.NewStyle().Bold(a.Has(themes.Bold)).Faint(a.Has(themes.Faint)).Italic(a.Has(themes.Italic)).
		Underline(a.Has(themes.Underline)).Reverse(a.Has(themes.Reverse)).Strikethrough(a.Has(themes.Strike))
	if c := toColor(fg); c != nil {
		s = s.Foreground(c)
	}
	if c := toColor(bg); c != nil {
		s = s.Background(c)
	}
	return s
}

// newForm returns the looks of input in dialogs.
func newForm(t *themes.Theme, l Layer) Form {
	look := func(r themes.Role) lipgloss.Style { return lip(t.Paint(r), t.Paint(themes.OverlayBg)) }
	return Form{
		Label: l.Muted(), Focused: l.Of(themes.Accent).With(themes.Bold), Help: l.Muted(), Error: l.Of(themes.Fail),
		Button:        newSGR(t.Paint(themes.Text), t.Paint(themes.SelectionBg)),
		ButtonFocused: newSGR(t.Paint(themes.CursorText), t.Paint(themes.CursorBg)),
		Input:         newInput(t, look),
		Keys:          newKeys(look),
	}
}

func newInput(t *themes.Theme, look func(themes.Role) lipgloss.Style) Input {
	return Input{
		Text: look(themes.Text), Placeholder: look(themes.Muted), Suggestion: look(themes.Muted),
		Prompt: look(themes.Accent), PromptBlurred: look(themes.Muted),
		Selection: lip(t.Paint(themes.Text), t.Paint(themes.SelectionBg)),
		Cursor:    toColor(t.Paint(themes.Accent)),
	}
}

func newKeys(look func(themes.Role) lipgloss.Style) help.Styles {
	key, text := look(themes.HintKey), look(themes.HintText)
	return help.Styles{
		Ellipsis: text, ShortKey: key, ShortDesc: text, ShortSeparator: text,
		FullKey: key, FullDesc: text, FullSeparator: text,
	}
}
