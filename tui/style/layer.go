package style

import "github.com/rowan-db/rowan/themes"

// Layer is the looks of all roles on one background: a row of a table picks
// its layer once, and each cell the role of its value.
type Layer struct {
	sgr []SGR // by role
}

// Of returns the look of a role. A zero Layer draws everything plain.
func (l Layer) Of(r themes.Role) SGR {
	if int(r) >= len(l.sgr) {
		return SGR{}
	}
	return l.sgr[r]
}

// Text returns the look of ordinary text, which is also that of the space
// between texts.
func (l Layer) Text() SGR { return l.Of(themes.Text) }

// Muted returns the look of what matters less.
func (l Layer) Muted() SGR { return l.Of(themes.Muted) }

// Escape returns the look of what stands for characters that cannot be shown.
func (l Layer) Escape() SGR { return l.Of(themes.Escape) }

func newLayer(t *themes.Theme, bg themes.Role) Layer {
	roles := themes.Roles()
	l := Layer{sgr: make([]SGR, len(roles))}
	for _, r := range roles {
		l.sgr[r] = newSGR(t.Paint(r), t.Paint(bg))
	}
	return l
}

// uniform returns a layer that draws every role alike.
func uniform(s SGR) Layer {
	l := Layer{sgr: make([]SGR, len(themes.Roles()))}
	for i := range l.sgr {
		l.sgr[i] = s
	}
	return l
}

// with returns the layer with more attributes.
func (l Layer) with(a themes.Attr) Layer {
	out := Layer{sgr: make([]SGR, len(l.sgr))}
	for i, s := range l.sgr {
		out.sgr[i] = s.With(a)
	}
	return out
}
