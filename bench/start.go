package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/creack/pty"

	"github.com/rowan-db/rowan/store"
)

// measureStart measures how long it takes to see rows, from the start of a
// process: with rowan's screen, in turns with the sqlite3 program and with
// rowan in a script.
func measureStart(ctx context.Context, f *files, r *report) error {
	first, err := firstKey(ctx, f.native)
	if err != nil {
		return err
	}
	var drawn, rows, script, other samples
	for range f.runs {
		d, n, err := timeScreen(ctx, f, first)
		if err != nil {
			return err
		}
		drawn, rows = append(drawn, millis(d)), append(rows, millis(n))
		for _, c := range []struct {
			to   *samples
			argv []string
		}{
			{&script, []string{f.program, "scan", f.native, table, "--limit", "50"}},
			{&other, []string{"sqlite3", f.sqlite, "select * from " + table + " limit 50"}},
		} {
			started := time.Now()
			if err := command(ctx, c.argv[0], c.argv[1:]...); err != nil {
				return err
			}
			*c.to = append(*c.to, millis(time.Since(started)))
		}
	}
	const group, peer = "start", "sqlite3 … limit 50"
	r.against(group, "to the first screen, with the tables", "ms", drawn, peer, other)
	r.against(group, "to the first rows on the screen", "ms", rows, peer, other)
	r.against(group, "rowan scan … --limit 50", "ms", script, peer, other)
	return nil
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// firstKey returns the text of the first key element of the first row.
func firstKey(ctx context.Context, path string) (key string, err error) {
	db, err := open(ctx, path, true)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p, err := db.table.Scan(ctx, store.Query{Limit: 1})
	if err != nil {
		return "", err
	}
	return p.Rows[0].Key[0].AsText(), nil
}

// enteredScreen is what the program writes when the terminal is its own.
const enteredScreen = "\x1b[?1049h"

// timeScreen starts the program in a terminal of 120x36 and returns when its
// first screen was drawn, and when the first rows were. The table is chosen by
// a command that is typed as soon as the program reads the keyboard, so that
// time is in it, too.
func timeScreen(ctx context.Context, f *files, first string) (drawn, rows time.Duration, err error) {
	cmd := exec.CommandContext(ctx, f.program, f.native)
	cmd.Env = f.environ()
	started := time.Now()
	term, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 120, Rows: 36})
	if err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed: its exit code says nothing
		err = errors.Join(err, term.Close())
	}()
	r := &reader{from: term}
	for _, step := range []struct {
		text   string // to wait for
		answer string // to type then
		at     *time.Duration
	}{
		{enteredScreen, ":open " + table + "\r", nil},
		{otherTable, "", &drawn},
		{first, "", &rows},
	} {
		if err := r.until(step.text); err != nil {
			return 0, 0, fmt.Errorf("the program ended before it wrote %q: %w", step.text, err)
		}
		if step.at != nil {
			*step.at = time.Since(started)
		}
		if _, err := io.WriteString(term, step.answer); err != nil {
			return 0, 0, err
		}
	}
	return drawn, rows, nil
}

// otherTable is a table of the demo whose name appears in the list of tables
// only.
const otherTable = "countries"

// reader looks for texts in what a program writes.
type reader struct {
	from io.Reader
	seen []byte // and not yet passed by
}

// until reads until a text was written after the one before.
func (r *reader) until(text string) error {
	buf := make([]byte, 64<<10)
	for {
		if i := bytes.Index(r.seen, []byte(text)); i >= 0 {
			r.seen = r.seen[i+len(text):]
			return nil
		}
		n, err := r.from.Read(buf)
		if err != nil {
			return err
		}
		r.seen = append(r.seen, buf[:n]...)
	}
}
