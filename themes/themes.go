// Package themes holds the colour themes as data: small TOML files, embedded,
// that give every semantic [Role] a colour and attributes.
//
// Loading is strict. A role that is missing or unknown, and a colour that
// cannot be read, is an [Error] with its file and line, so that a misspelt
// theme never shows as a half-coloured screen. The built-in themes are tested
// for contrast; a user's theme is not.
//
// The package knows nothing of terminals: package style turns a theme into
// styles.
package themes

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

// The names of the built-in themes.
const (
	Dark         = "dark"
	Light        = "light"
	HighContrast = "high-contrast"
	Mono         = "mono" // attributes only: also for NO_COLOR
)

//go:embed *.toml
var builtin embed.FS

// ErrUnknown is returned when no built-in theme has the name.
var ErrUnknown = errors.New("themes: no such theme")

// Theme says how each role looks. It is not changed after it was loaded.
type Theme struct {
	Name   string
	Dark   bool // meant for a dark background
	paints [numRoles]Paint
}

// Paint returns how r looks.
func (t *Theme) Paint(r Role) Paint { return t.paints[r] }

// Error is a mistake in a theme file.
type Error struct {
	File string
	Line int // from 1, 0 when the mistake has no line
	Msg  string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("themes: %s: %s", e.File, e.Msg)
	}
	return fmt.Sprintf("themes: %s:%d: %s", e.File, e.Line, e.Msg)
}

// Names returns the names of the built-in themes, the default first.
func Names() []string { return []string{Dark, Light, HighContrast, Mono} }

// Named returns the built-in theme with the name.
func Named(name string) (*Theme, error) {
	src, err := builtin.ReadFile(name + ".toml")
	if err != nil {
		return nil, fmt.Errorf("%w: %q: there are %s", ErrUnknown, name, strings.Join(Names(), ", "))
	}
	return Parse(name+".toml", src)
}

// Find returns the theme that text names: a built-in one or, if it looks like a
// path, because it has a separator or ends in .toml, that of a file.
func Find(text string) (*Theme, error) {
	if strings.ContainsRune(text, filepath.Separator) || strings.HasSuffix(text, ".toml") {
		return Load(text)
	}
	return Named(text)
}

// Default returns the default theme, for a dark or a light background.
func Default(dark bool) *Theme {
	name := Light
	if dark {
		name = Dark
	}
	t, err := Named(name)
	if err != nil {
		panic(err) // the files are part of the program, and tested
	}
	return t
}

// Load reads a theme from a file. An error names the file and the line.
func Load(path string) (*Theme, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, fmt.Errorf("themes: cannot read %s: %w", path, err)
	}
	return Parse(path, src)
}

// file is the form of a theme file.
type file struct {
	Name  string         `toml:"name"`
	Dark  *bool          `toml:"dark"`
	Roles map[string]any `toml:"roles"`
}

// Parse reads a theme from src. The name of the file is for errors. All
// mistakes are reported, joined.
func Parse(name string, src []byte) (*Theme, error) {
	var f file
	md, err := toml.Decode(string(src), &f)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	p := parser{file: name, src: string(src)}
	for _, k := range md.Undecoded() {
		p.fail(k[len(k)-1], "unknown setting %q: a theme has name, dark and [roles]", k.String())
	}
	t := p.theme(f)
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return t, nil
}

func syntaxError(name string, err error) error {
	var pe toml.ParseError
	if errors.As(err, &pe) {
		return &Error{name, pe.Position.Line, pe.Message}
	}
	return &Error{name, 0, strings.TrimPrefix(err.Error(), "toml: ")}
}
