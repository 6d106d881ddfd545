package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/e2e/terminal"
	"github.com/rowan-db/rowan/themes"
	"github.com/rowan-db/rowan/tui"
	"github.com/rowan-db/rowan/tui/tuitest"
)

// The screen that is measured.
const (
	width  = 120
	height = 36
)

// cycle is keys that can be pressed again and again.
type cycle struct {
	name string
	keys []string // as tuitest names them
	term []string // as tmux does
}

var cycles = []cycle{
	{"down", []string{"down"}, []string{"Down"}},
	{"page down", []string{"pgdown"}, []string{"NPage"}},
	{"last row, first row", []string{"G", "g"}, []string{"G", "g"}},
	{"right, left", []string{"right", "left"}, []string{"Right", "Left"}},
}

// measureKeys measures what a key press costs, up to the finished frame, in
// two ways: the model alone, in this process, and the whole program in a
// terminal, with reading the key and writing what has changed.
func measureKeys(ctx context.Context, f *files, r *report) error {
	for _, c := range cycles {
		s, b, err := pressInProcess(ctx, f.native, c)
		if err != nil {
			return err
		}
		r.add(result{
			Group: "key press to frame", Name: "model: " + c.name, Unit: "ms", Value: s.median(), P95: s.quantile(0.95),
			Note: fmt.Sprintf("%d allocations, %.0f kB", b.AllocsPerOp(), float64(b.AllocedBytesPerOp())/1000),
		})
	}
	for _, c := range cycles {
		cpu, err := pressInTerminal(f, c)
		if err != nil {
			return err
		}
		r.add(result{Group: "key press to frame", Name: "program: " + c.name, Unit: "ms of CPU", Value: cpu, Note: fmt.Sprintf("mean of %d", presses)})
	}
	return nil
}

// pressInProcess presses keys on the model, which does all its reading at once
// and in this goroutine, and draws it after each.
func pressInProcess(ctx context.Context, path string, c cycle) (s samples, b testing.BenchmarkResult, err error) {
	b = testing.Benchmark(func(b *testing.B) { s, err = press(ctx, b, path, c) })
	return s, b, err
}

func press(ctx context.Context, b *testing.B, path string, c cycle) (s samples, err error) {
	db, err := open(ctx, path, true)
	if err != nil {
		return nil, err
	}
	theme, err := themes.Named(themes.Names()[0])
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	m := tui.New(ctx, tui.Options{Store: db.Store, Table: table, Theme: theme})
	defer func() { err = errors.Join(err, m.Close()) }() // and the database
	user := tuitest.New(b, m, width, height)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		started := time.Now()
		user.Press(c.keys[i%len(c.keys)])
		view := user.Model().View()
		s = append(s, millis(time.Since(started)))
		runtime.KeepAlive(view)
		i++
	}
	return s, nil
}

// presses is how many key presses share one reading of the CPU's time.
const presses = 100

// pressInTerminal presses keys in the program and returns the milliseconds of
// CPU time that all its threads used for one press. Each press waits until the
// cursor is seen to have moved.
func pressInTerminal(f *files, c cycle) (cpu float64, err error) {
	s, err := startTerminal(f)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	start, err := s.Screen()
	if err != nil {
		return 0, err
	}
	at := place(start)
	for i := range presses {
		if err := s.Press(c.term[i%len(c.term)]); err != nil {
			return 0, err
		}
		on, err := s.Until("the cursor to move", func(on terminal.Screen) bool { return place(on) != at })
		if err != nil {
			return 0, err
		}
		at = place(on)
	}
	after, err := s.cpu()
	return millis(after-before) / presses, err
}

// footer matches the line below the rows, which tells the row and the column of
// the cursor, and between them how long the last read took.
var footer = regexp.MustCompile(`row ([0-9,]+) of \S+ · \S+ · (\w+)`)

// place returns where the cursor is.
func place(on terminal.Screen) string {
	m := footer.FindStringSubmatch(string(on))
	if m == nil {
		return ""
	}
	return m[1] + " " + m[2]
}

// screen is the program in a terminal, with its large table open.
type screen struct {
	*terminal.Terminal
	dir string
	pid int
}

func startTerminal(f *files) (s *screen, err error) {
	dir, err := os.MkdirTemp("", "rowan")
	if err != nil {
		return nil, err
	}
	t, err := terminal.Start(terminal.Options{Width: width, Height: height, Env: f.environ(), Dir: f.dir, Scratch: dir}, f.program, f.native)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s = &screen{t, dir, 0}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.pid, err = t.PID(); err != nil {
		return s, err
	}
	if _, err := t.Until("the tables", func(on terminal.Screen) bool { return on.Has(otherTable) }); err != nil {
		return s, err
	}
	if err := errors.Join(t.Press(":"), t.Type("open "+table), t.Press("Enter")); err != nil {
		return s, err
	}
	_, err = t.Until("rows", func(on terminal.Screen) bool { return on.Has("row 1 of") })
	return s, err
}

func (s *screen) close() error { return errors.Join(s.Close(), os.RemoveAll(s.dir)) }

// cpu returns the time that the program's threads have run on a CPU.
func (s *screen) cpu() (time.Duration, error) {
	tasks := fmt.Sprintf("/proc/%d/task", s.pid)
	entries, err := os.ReadDir(tasks)
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, e := range entries {
		text, err := os.ReadFile(tasks + "/" + e.Name() + "/schedstat")
		if err != nil {
			return 0, err
		}
		var ran time.Duration
		if _, err := fmt.Sscan(string(text), &ran); err != nil {
			return 0, fmt.Errorf("schedstat: %w", err)
		}
		sum += ran
	}
	return sum, nil
}

// memory returns a field of the program's status in megabytes.
func (s *screen) memory(field string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, field+":")
		if !ok {
			continue
		}
		var kilobytes float64
		_, err := fmt.Sscan(rest, &kilobytes)
		return kilobytes / 1024, err
	}
	return 0, fmt.Errorf("the process has no %s", field)
}
