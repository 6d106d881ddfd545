// Package style turns a theme into looks, and draws what all panes share:
// panels, overlays, spans of text.
//
// It is the only place that makes colours: everything else under tui names a
// role or a field of [Styles]. A change of theme is a new [Styles]; nothing
// has to be told.
//
// There are two kinds of look. An [SGR] is for what is drawn by the
// thousand, cells and rows: the caller knows the widths, and painting copies
// bytes. Lip Gloss styles are for the text inputs and help of the Bubbles
// library, which take nothing else.
//
// Strings given to [Span] and [Frame] are made safe here. Body lines of a
// [Frame] and boxes of [Overlay] are drawn as they are: they were built with
// these looks, out of text from package display.
package style

import (
	"image/color"

	"github.com/rowan-db/rowan/themes"
)

// Styles is all looks of one theme. It is not changed after New, and may be
// shared.
type Styles struct {
	Theme string
	Dark  bool

	// Background and Foreground are the colours of the whole screen, for
	// tea.View, and Accent is that of what stands out. They are nil when the
	// theme uses the terminal's own.
	Background, Foreground, Accent color.Color

	Screen  Layer // on the screen's background
	Overlay Layer // in dialogs and menus

	Panel  Panel
	Dialog Panel // a panel that lies over others
	Header Header
	Hint   Hint
	Grid   Grid
	Diff   Diff
	Value  Value
	Form   Form
}

// Header is the line at the top of the screen.
type Header struct {
	Layer
	Path  SGR // profile and database
	Prod  SGR // the badge of a production database
	Badge SGR // other badges: read-only, transaction
}

// Color returns the look of a colour that a profile may have, by its name. The
// shade is the theme's, so that it can be read in any.
func (h Header) Color(name string) (SGR, bool) {
	role, ok := map[string]themes.Role{
		"red": themes.Fail, "yellow": themes.Warn, "green": themes.OK, "blue": themes.Accent, "grey": themes.Muted,
	}[name]
	if !ok {
		return SGR{}, false
	}
	return h.Of(role), true
}

// Hint is the line at the bottom of the screen.
type Hint struct {
	Key, Text SGR
	Toast     Toast
}

// Toast is what happened, in the place of the hints.
type Toast struct{ OK, Warn, Fail SGR }

// Grid is the rows of a table.
type Grid struct {
	Column    SGR   // names of columns
	Separator SGR   // after the key columns that stay in place, in the header; rows have their own Of(themes.Border)
	Plain     Layer // any row
	Row       Layer // the row with the cursor
	Marked    Layer // marked rows
	Cursor    Layer // the selected cell
	Blurred   Layer // the selected cell while another pane has the focus
	Stale     Layer // rows that are being replaced
	Match     SGR   // what a search found
}

// Diff is changes, staged or compared.
type Diff struct {
	Add, Change, Delete SGR
	Before, After       SGR // of a value
	Conflict            SGR
}

// New returns the looks of a theme.
func New(t *themes.Theme) *Styles {
	screen := newLayer(t, themes.Background)
	overlay := newLayer(t, themes.OverlayBg)
	s := &Styles{
		Theme: t.Name, Dark: t.Dark,
		Background: toColor(t.Paint(themes.Background)), Foreground: toColor(t.Paint(themes.Text)),
		Accent: toColor(t.Paint(themes.Accent)),
		Screen: screen, Overlay: overlay,
		Panel:  newPanel(screen),
		Dialog: newPanel(overlay),
		Header: newHeader(t),
		Hint: Hint{
			Key: screen.Of(themes.HintKey), Text: screen.Of(themes.HintText),
			Toast: Toast{OK: screen.Of(themes.OK), Warn: screen.Of(themes.Warn), Fail: screen.Of(themes.Fail)},
		},
		Grid:  newGrid(t, screen),
		Value: newValue(screen),
		Form:  newForm(t, overlay),
	}
	s.Diff = Diff{
		Add: screen.Of(themes.Add), Change: screen.Of(themes.Change), Delete: screen.Of(themes.Delete),
		Before: screen.Of(themes.Delete).With(themes.Strike), After: screen.Of(themes.Add),
		Conflict: screen.Of(themes.Fail).With(themes.Bold),
	}
	return s
}

func newHeader(t *themes.Theme) Header {
	l := newLayer(t, themes.HeaderBg)
	return Header{
		Layer: l, Path: l.Of(themes.HeaderText).With(themes.Bold),
		Prod:  newSGR(t.Paint(themes.ProdText), t.Paint(themes.ProdBg)),
		Badge: newSGR(t.Paint(themes.BadgeText), t.Paint(themes.BadgeBg)),
	}
}

func newGrid(t *themes.Theme, screen Layer) Grid {
	g := Grid{
		Column: screen.Of(themes.ColumnText), Separator: screen.Of(themes.Border),
		Plain: screen, Row: newLayer(t, themes.RowBg), Marked: newLayer(t, themes.SelectionBg),
		Match: newSGR(t.Paint(themes.MatchText), t.Paint(themes.MatchBg)),
	}
	g.Cursor = uniform(newSGR(t.Paint(themes.CursorText), t.Paint(themes.CursorBg)))
	g.Blurred = g.Marked.with(themes.Underline)
	g.Stale = uniform(screen.Of(themes.Muted))
	return g
}
