package pane

import tea "charm.land/bubbletea/v2"

// List is the cursor of a list that is longer than the screen. It knows the
// entries by their number only, so it costs the same at any length. The zero
// List is empty.
type List struct {
	cursor, offset int
	n, height      int
}

// Resize sets the number of entries and the number of lines that show them,
// and keeps the cursor among the entries and in sight.
func (l *List) Resize(n, height int) {
	l.n, l.height = max(n, 0), max(height, 0)
	l.Select(l.cursor)
}

// Len returns the number of entries.
func (l *List) Len() int { return l.n }

// Cursor returns the number of the selected entry, 0 if there are none.
func (l *List) Cursor() int { return l.cursor }

// Select moves the cursor to entry i, or the nearest one.
func (l *List) Select(i int) {
	l.cursor = max(0, min(i, l.n-1))
	switch {
	case l.cursor < l.offset:
		l.offset = l.cursor
	case l.height > 0 && l.cursor >= l.offset+l.height:
		l.offset = l.cursor - l.height + 1
	}
	l.offset = max(0, min(l.offset, l.n-l.height))
}

// Move moves the cursor by d entries.
func (l *List) Move(d int) { l.Select(l.cursor + d) }

// Page moves the cursor by d screens.
func (l *List) Page(d int) { l.Move(d * max(1, l.height-1)) }

// Scroll moves what is in sight by d entries, and takes the cursor along only
// where it would get out of sight.
func (l *List) Scroll(d int) {
	l.offset = max(0, min(l.offset+d, l.n-l.height))
	l.Select(max(l.offset, min(l.cursor, l.offset+l.height-1)))
}

// Window returns the entries in sight, from first up to, not including, end.
func (l *List) Window() (first, end int) {
	return l.offset, min(l.offset+l.height, l.n)
}

// At returns the entry that line y of the window shows; ok is false if there
// is none.
func (l *List) At(y int) (i int, ok bool) {
	i = l.offset + y
	return i, y >= 0 && y < l.height && i < l.n
}

// Motions returns commands that move the cursor of l and then call moved,
// which may be nil. Letters adds those keys that are letters, for lists beside
// which nothing is typed.
func (l *List) Motions(letters bool, moved func() (Action, tea.Cmd)) []Command {
	move := func(name, help string, f func(), keys, more string) Command {
		c := Command{Name: name, Help: help, Keys: []string{keys}, Motion: true}
		if letters && more != "" {
			c.Keys = append(c.Keys, more)
		}
		c.Run = func(string) (Action, tea.Cmd) {
			f()
			if moved == nil {
				return nil, nil
			}
			return moved()
		}
		return c
	}
	return []Command{
		move("up", "go up", func() { l.Move(-1) }, "up", "k"),
		move("down", "go down", func() { l.Move(1) }, "down", "j"),
		move("page-up", "go up a screen", func() { l.Page(-1) }, "pgup", "ctrl+u"),
		move("page-down", "go down a screen", func() { l.Page(1) }, "pgdown", "ctrl+d"),
		move("first", "go to the first entry", func() { l.Select(0) }, "home", "g"),
		move("last", "go to the last entry", func() { l.Select(l.n - 1) }, "end", "G"),
	}
}
