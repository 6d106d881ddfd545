package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"charm.land/bubbles/v2/progress"
	"github.com/charmbracelet/colorprofile"

	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui/display"
	"github.com/rowan-db/rowan/tui/style"
)

// progressBar shows on standard error how far something has come.
type progressBar struct {
	out     io.Writer // knows how many colours the terminal has
	label   string
	live    bool // on a terminal, the line is drawn again and again
	drawn   bool
	bar     progress.Model
	started time.Time
}

const (
	// maxBar is how long a bar is if there is room.
	maxBar = 30
	// barText is the room for what stands beside label and bar. A line that the
	// terminal wraps could not be drawn over.
	barText = 34
)

func newProgressBar(a *app, label string) *progressBar {
	width := maxBar
	if room := terminalWidth(a.stderr); room > 0 {
		width = max(0, min(maxBar, room-len(label)-barText))
	}
	p := &progressBar{
		out:   colorprofile.NewWriter(a.stderr, os.Environ()),
		label: label, live: isTerminal(a.stderr), started: time.Now(),
		bar: progress.New(progress.WithWidth(width), progress.WithoutPercentage(), progress.WithFillCharacters('█', '░')),
	}
	if accent := style.New(themes.Default(true)).Accent; accent != nil && os.Getenv("NO_COLOR") == "" {
		p.bar.FullColor = accent
	}
	if !p.live {
		a.note("%s…", label)
	}
	return p
}

func (p *progressBar) show(rows, of int) {
	if !p.live || of == 0 {
		return
	}
	p.drawn = true
	fmt.Fprintf(p.out, "\r%s  %s %3d%%  %s rows ", p.label,
		p.bar.ViewAs(float64(rows)/float64(of)), 100*rows/of, display.Count(int64(rows)))
}

func (p *progressBar) end() {
	if p.drawn {
		fmt.Fprintf(p.out, " %.1fs\n", time.Since(p.started).Seconds())
	}
}
