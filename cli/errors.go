package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/display"
)

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartly      = 3
	exitInterrupted = 130
)

// errPartly is returned, wrapped with what is missing, by a command that did
// part of its work.
var errPartly = errors.New("partly done")

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// errInterrupted is returned when the user, or the system, ended the program.
var errInterrupted = errors.New("interrupted")

// interrupted is err after a signal. That something was canceled is no news
// then; anything else that failed is.
func interrupted(err error) error {
	if store.KindOf(err) == store.Canceled {
		return errInterrupted
	}
	return fmt.Errorf("%w: %w", errInterrupted, err)
}

func exitCode(err error) int {
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, errPartly):
		return exitPartly
	case errors.Is(err, errInterrupted), store.KindOf(err) == store.Canceled:
		return exitInterrupted
	}
	return exitFailed
}

// complain prints an error and what to do about it.
func (a *app) complain(err error) {
	fmt.Fprintf(a.stderr, "rowan: %s\n", display.Line(a.redact(plain(err))))
	if hint := store.HintOf(err); hint != "" && !errors.Is(err, errInterrupted) {
		fmt.Fprintf(a.stderr, "       %s\n", display.Line(a.redact(hint)))
	}
	var usage *usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(a.stderr, "       rowan help lists the commands, rowan help COMMAND explains one")
	}
}

// why is the message of an error in what the user wrote, without the name of
// the package that found it.
func why(err error) string { return strings.TrimPrefix(err.Error(), "tuple: ") }

// plain is the message of an error without the name of a system call.
func plain(err error) string {
	text := err.Error()
	if path, ok := errors.AsType[*fs.PathError](err); ok && path.Op != "" {
		text = strings.Replace(text, path.Error(), path.Path+": "+path.Err.Error(), 1)
	}
	return text
}

// flagError makes a usage error of one that the parser of flags found.
func flagError(_ *cobra.Command, err error) error {
	if number, ok := errors.AsType[*strconv.NumError](err); ok {
		what, _, _ := strings.Cut(err.Error(), ": strconv.")
		if errors.Is(number, strconv.ErrRange) {
			return usagef("%s: the number is too large", what)
		}
		return usagef("%s: it takes a whole number", what)
	}
	return &usageError{err}
}

// checked is a writer that remembers that it failed, for a library that does
// not look.
type checked struct {
	w   io.Writer
	err error
}

func (c *checked) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	if c.err == nil {
		c.err = err
	}
	return n, err
}
