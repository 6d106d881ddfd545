package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"
)

// maxRecent is how many recent targets are remembered.
const maxRecent = 20

// Recent is a target that was opened.
type Recent struct {
	// Target is an absolute path, a URL without secrets, or a profile's name.
	Target string    `json:"target"`
	Opened time.Time `json:"opened"`
}

// StateDir is where the program keeps what it remembers: $ROWAN_STATE, or
// rowan in the user's state directory.
func StateDir() string {
	if d := os.Getenv("ROWAN_STATE"); d != "" {
		return d
	}
	return filepath.Join(xdg.StateHome, "rowan")
}

func recentPath() string { return filepath.Join(StateDir(), "recent.json") }

// LoadRecent returns the recent targets, the newest first.
func LoadRecent() ([]Recent, error) {
	text, err := os.ReadFile(recentPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("recent targets cannot be read: %w", err)
	}
	var recent []Recent
	if err := json.Unmarshal(text, &recent); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w; delete it to start anew", recentPath(), err)
	}
	return recent, nil
}

// AddRecent notes that a target was opened. A password in it is left out.
func AddRecent(target string, opened time.Time) error {
	target, _ = Redact(target)
	recent, err := LoadRecent()
	if err != nil {
		return err
	}
	recent = slices.DeleteFunc(recent, func(r Recent) bool { return r.Target == target })
	recent = slices.Insert(recent, 0, Recent{target, opened})
	text, err := json.MarshalIndent(recent[:min(len(recent), maxRecent)], "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(recentPath(), append(text, '\n'))
}

// replaceFile writes a file so that it is either the old or the new one,
// whatever happens meanwhile.
func replaceFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
