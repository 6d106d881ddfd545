package edit

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/input"
)

// The messages of the user's own editor.
type (
	openEditor struct{}
	edited     struct {
		file string
		err  error
	}
)

// errNoEditor is returned when the user has named no editor.
var errNoEditor = errors.New("no editor is set: name one in the environment variable VISUAL or EDITOR")

// external hands the text to the user's own editor, in a file that only they
// can read and that is removed afterwards.
func (c *Cell) external(string) (pane.Action, tea.Cmd) {
	words, err := editorCommand()
	if err != nil {
		return pane.Notice{Text: err.Error(), Level: pane.Warning}, nil
	}
	text := c.box.Value()
	if c.null {
		text = ""
	}
	file, err := writeTemp(text, extension(c.column.Kind))
	if err != nil {
		return pane.Report{Err: err}, nil
	}
	cmd := exec.Command(words[0], append(words[1:], file)...)
	return nil, tea.ExecProcess(cmd, func(err error) tea.Msg { return edited{file, err} })
}

// editorCommand returns the user's editor and its arguments.
func editorCommand() ([]string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if words := strings.Fields(os.Getenv(name)); len(words) > 0 {
			return words, nil
		}
	}
	return nil, errNoEditor
}

func extension(k tuple.Kind) string {
	if k == tuple.KindJSON {
		return ".json"
	}
	return ".txt"
}

// writeTemp writes a text into a new file. os.CreateTemp makes it with mode
// 0600.
func writeTemp(text, ext string) (name string, err error) {
	f, err := os.CreateTemp("", "rowan-cell-*"+ext)
	if err != nil {
		return "", fmt.Errorf("edit: a file for the editor cannot be made: %w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("edit: the file for the editor cannot be written: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return f.Name(), nil
}

// editorDone takes what the editor left in the file.
func (c *Cell) editorDone(msg edited) (pane.Action, tea.Cmd) {
	data, readErr := os.ReadFile(msg.file)
	err := errors.Join(msg.err, readErr, os.Remove(msg.file))
	if err != nil {
		return pane.Report{Err: fmt.Errorf("edit: the editor's text is not taken: %w", err)}, nil
	}
	text := string(data)
	if !strings.HasSuffix(c.box.Value(), "\n") {
		text = strings.TrimSuffix(text, "\n") // editors add one
	}
	if text == c.box.Value() {
		return nil, nil // NULL stays NULL
	}
	if c.box.IsArea() || !strings.Contains(text, "\n") {
		c.box.SetValue(text)
	} else {
		c.box = input.Area(text)
	}
	c.null = false
	c.SetSize(c.width, c.height)
	c.check()
	return nil, nil
}
