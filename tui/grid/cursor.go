package grid

// cursor is where the user is and wants to be. Its indices are those of the
// lines that are shown now; whoever changes the lines moves it along.
type cursor struct {
	line   int // of the cursor
	top    int // the first line on the screen
	column int

	// owed is how many lines the user has moved beyond what is loaded:
	// negative up, positive down. The cursor goes there when the rows come.
	owed int
	// heading is the direction of the last movement: rows are read ahead
	// there first.
	heading int
}

// maxOwed is how many screens a user may run ahead of the database. It keeps
// a key that was held down for long from scrolling on for minutes.
const maxOwed = 10

// move goes n lines down, or up. It goes as far as there are lines, and owes
// the rest if there may be more in that direction.
func (c *cursor) move(n, lines, height int, before, after bool) {
	c.heading = 1
	if n < 0 {
		c.heading = -1
	}
	want := c.line + c.owed + n
	c.line = min(max(want, 0), max(lines-1, 0))
	c.owed = want - c.line
	if c.owed < 0 && !before || c.owed > 0 && !after {
		c.owed = 0
	}
	most := maxOwed * max(height, 1)
	c.owed = min(max(c.owed, -most), most)
}

// pay moves the cursor by what is owed, after lines have come.
func (c *cursor) pay(lines, height int, before, after bool) {
	if c.owed == 0 {
		return
	}
	heading := c.heading
	c.move(0, lines, height, before, after)
	c.heading = heading
}

// scroll chooses the first line on a screen of height lines so that the cursor
// is on it, moving it as little as possible.
func (c *cursor) scroll(lines, height int) {
	c.line = min(max(c.line, 0), max(lines-1, 0))
	height = max(height, 1)
	c.top = min(c.top, c.line)
	c.top = max(c.top, c.line-height+1)
	c.top = max(0, min(c.top, lines-height))
}
