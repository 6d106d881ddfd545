package native

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/store/driver"
)

// fault is an error of the engine in words for people. The engine's own text
// is for programmers: it names the package, and the file by its system call.
type fault struct {
	text string
	err  error
}

func (f *fault) Error() string { return f.text }
func (f *fault) Unwrap() error { return f.err }

// explain puts an error of a transaction into words, and adds what to do where
// that is known here. An error that is not the engine's is left alone.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if _, own := errors.AsType[*driver.Error](err); own {
		return err
	}
	text := reason(err)
	if text == err.Error() {
		return err
	}
	e := driver.Errorf(classify(err), "%w", &fault{text, err})
	switch {
	case errors.Is(err, btree.ErrKeyTooLarge):
		return e.WithHint("use a shorter key")
	case errors.Is(err, btree.ErrFault):
		return e.WithHint("open it again; if that fails too, run a check, and restore a backup")
	case errors.Is(err, syscall.EROFS):
		return e.WithHint("the file system is mounted read-only: use another one")
	case errors.Is(err, syscall.EFBIG):
		return e.WithHint("raise the limit of file sizes (ulimit -f), or use another file system")
	}
	return e
}

// reason is an error without the names of packages and system calls.
func reason(err error) string {
	if damage, ok := errors.AsType[*btree.CorruptError](err); ok {
		if damage.Page == 0 {
			return damage.Why
		}
		return fmt.Sprintf("page %d is damaged: %s", damage.Page, damage.Why)
	}
	if errors.Is(err, btree.ErrFault) {
		return "a page cannot be read: the file was cut off while it was open, or its disk fails"
	}
	text := strings.ReplaceAll(err.Error(), "btree: ", "")
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		text = strings.Replace(text, path.Error(), path.Err.Error(), 1)
	}
	return text
}

// openError says what kind of failure an error of btree.Open is, and which
// file it is about.
func openError(path string, err error) error {
	e := driver.Errorf(classify(err), "%w", &fault{openText(path, err), err})
	switch e.Kind {
	case driver.Locked:
		return e.WithHint("close %s in the other process, or open it read-only", filepath.Base(path))
	case driver.NotDatabase:
		if size, ok := sizeOf(path); ok && size > 0 {
			return e.WithHint("the file is damaged or was cut off: restore a backup")
		}
	case driver.Corrupt:
		return e.WithHint("restore a backup")
	case driver.Unsupported:
		return e.WithHint("rewrite it with: rowan upgrade %s", filepath.Base(path))
	}
	return e
}

func openText(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no file " + path
	case errors.Is(err, btree.ErrLocked):
		_, who, _ := strings.Cut(err.Error(), btree.ErrLocked.Error()+": ")
		who, _, _ = strings.Cut(who, ": close it there")
		return who
	case errors.Is(err, btree.ErrNotDatabase):
		return path + " ends within its header, or is no rowan file"
	case errors.Is(err, btree.ErrOldVersion):
		return path + " is of an older format, which has to be upgraded"
	case errors.Is(err, btree.ErrVersion):
		_, versions, _ := strings.Cut(err.Error(), btree.ErrVersion.Error()+": ")
		versions, _, _ = strings.Cut(versions, ": ")
		return path + " is of another format: " + versions
	}
	if damage, ok := errors.AsType[*btree.CorruptError](err); ok {
		return path + " is damaged: " + damage.Why
	}
	if errors.Is(err, btree.ErrCorrupt) {
		_, why, _ := strings.Cut(err.Error(), btree.ErrCorrupt.Error()+": ")
		return path + " is damaged: " + strings.TrimSuffix(why, " ("+path+")")
	}
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return path + " cannot be opened: " + cause.Err.Error()
	}
	return path + " cannot be opened: " + reason(err)
}

func sizeOf(path string) (int64, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	return info.Size(), true
}
