package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/e2e/terminal"
)

// measureMemory pages through the whole table in the program, screen by screen,
// and reads the program's resident memory ten times on the way.
func measureMemory(_ context.Context, f *files, r *report) (err error) {
	s, err := startTerminal(f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	at := 1
	var first float64
	for part := range 11 {
		for goal := f.rows * part / 10; at < goal; {
			if at, err = s.pageDown(at); err != nil {
				return err
			}
		}
		line, err := s.memoryAt(at)
		if err != nil {
			return err
		}
		if part == 0 {
			first = line.Value
		} else {
			line.Note += fmt.Sprintf(", %.2f times the beginning", line.Value/first)
		}
		r.add(line)
	}
	return nil
}

func (s *screen) memoryAt(row int) (result, error) {
	rss, err := s.memory("VmRSS")
	if err != nil {
		return result{}, err
	}
	anon, err := s.memory("RssAnon")
	return result{
		Group: "memory while paging", Name: fmt.Sprintf("at row %d", row), Unit: "MB", Value: rss,
		Note: fmt.Sprintf("of it %.1f MB not of files", anon),
	}, err
}

// ahead is how many times page down is pressed before looking again, as a key
// that is held down does: the program goes to where it can in one frame, and
// does not save up the rest.
const ahead = 25

var position = regexp.MustCompile(`row ([0-9,]+) of`)

// pageDown presses page down some times, and returns the row of the next frame.
func (s *screen) pageDown(from int) (row int, err error) {
	if err := s.Type(strings.Repeat("\x1b[6~", ahead)); err != nil {
		return 0, err
	}
	_, err = s.Until(fmt.Sprintf("rows after %d", from), func(on terminal.Screen) bool {
		m := position.FindStringSubmatch(string(on))
		if m == nil {
			return false
		}
		row, err = strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
		return err != nil || row > from
	})
	return row, err
}
