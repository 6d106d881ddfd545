package native

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// diskWithRows returns a disk with a file of two tables, and what reading it
// gives, before and after the last commit.
func diskWithRows(t *testing.T) (disk *vfs.Mem, before, after string) {
	t.Helper()
	disk = &vfs.Mem{}
	db, err := Open(t.Context(), "a.rowan", Options{Create: true, FS: disk})
	if err != nil {
		t.Fatal(err)
	}
	w := db.(rw)
	if err := w.CreateTable(t.Context(), people); err != nil {
		t.Fatal(err)
	}
	insert(t, w, "ada")
	insert(t, w, strings.Repeat("long ", 5000)) // goes to overflow pages
	if before, err = readAll(t, db); err != nil {
		t.Fatal(err)
	}
	insert(t, w, "grace")
	if after, err = readAll(t, db); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return disk, before, after
}

// readAll returns all rows of all tables as text.
func readAll(t *testing.T, db driver.DB) (string, error) {
	t.Helper()
	tables, err := db.Tables(t.Context())
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, info := range tables {
		s, err := db.Describe(t.Context(), info.Name)
		if err != nil {
			return "", err
		}
		page, err := db.Scan(t.Context(), s, driver.Query{Limit: 1000})
		if err != nil {
			return "", err
		}
		n, err := db.(driver.Counter).Count(t.Context(), s, tuple.Range{})
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&text, s, n, page)
	}
	return text.String(), nil
}

// openAndRead does to a file what a command does that prints all of it, and a
// check.
func openAndRead(t *testing.T, disk *vfs.Mem) (string, error) {
	t.Helper()
	db, err := Open(t.Context(), "a.rowan", Options{ReadOnly: true, FS: disk})
	if err != nil {
		return "", err
	}
	defer db.Close()
	text, err := readAll(t, db)
	checked := db.(driver.Checker).Check(t.Context(), func(string) {})
	return text, errors.Join(err, checked)
}

const pageSize = 16 << 10

// worthFlipping chooses the bytes of headers, and some of all others: the file
// has too many for all.
func worthFlipping(at int) bool { return at%pageSize < 64 || at%61 == 0 }

// TestFlippedByte flips one byte of a file after the other: either the rows are
// right, or there is an error that says that the file is damaged. When it is a
// byte of the newest meta, the commit before counts.
func TestFlippedByte(t *testing.T) {
	disk, before, after := diskWithRows(t)
	whole := disk.ReadFile("a.rowan")
	faults := 0
	for at := range whole {
		if !worthFlipping(at) {
			continue
		}
		damaged := slices.Clone(whole)
		damaged[at] ^= 0xff
		disk.WriteFile("a.rowan", damaged)
		got, err := openAndRead(t, disk)
		if err != nil {
			faults++
			if k := classify(err); !slices.Contains([]driver.Kind{driver.Corrupt, driver.NotDatabase, driver.NewerFormat}, k) {
				t.Errorf("byte %d: %v, of kind %v", at, err, k)
			}
			continue
		}
		if got != after && got != before {
			t.Errorf("byte %d: wrong rows, and no error: %.200s", at, got)
		}
	}
	if faults == 0 {
		t.Error("no flipped byte was noticed")
	}
}

// TestCutOff cuts a file at each page and a byte beside it: it never opens.
func TestCutOff(t *testing.T) {
	disk, _, _ := diskWithRows(t)
	whole := disk.ReadFile("a.rowan")
	for page := 0; page <= len(whole); page += pageSize {
		for _, size := range []int{page - 1, page, page + 1} {
			if size < 0 || size >= len(whole) {
				continue
			}
			disk.WriteFile("a.rowan", slices.Clone(whole[:size]))
			got, err := openAndRead(t, disk)
			if err == nil {
				t.Errorf("%d of %d bytes: it opens, with %.100s", size, len(whole), got)
				continue
			}
			if k := classify(err); k != driver.Corrupt && k != driver.NotDatabase {
				t.Errorf("%d of %d bytes: %v, of kind %v", size, len(whole), err, k)
			}
		}
	}
}

// TestMessages checks that errors are sentences about the user's file: once
// what, once where, no names of packages or system calls.
func TestMessages(t *testing.T) {
	disk, _, _ := diskWithRows(t)
	whole := disk.ReadFile("a.rowan")
	open := func() error { _, err := openAndRead(t, disk); return err }
	disk.WriteFile("a.rowan", slices.Clone(whole[:2*pageSize]))
	wantMessage(t, open(), fmt.Sprintf("a.rowan is damaged: the file was cut off: it has %d bytes and needs %d", 2*pageSize, len(whole)), "restore a backup")
	disk.WriteFile("a.rowan", slices.Clone(whole[:100]))
	wantMessage(t, open(), "a.rowan ends within its header, or is no rowan file", "")
	disk.WriteFile("a.rowan", ofFormat(whole, btree.FormatVersion+1))
	wantMessage(t, open(), fmt.Sprintf("a.rowan is of another format: the file has version %d and this program knows up to %d", btree.FormatVersion+1, btree.FormatVersion), "")
	_, err := Open(t.Context(), "none", Options{FS: disk})
	wantMessage(t, err, "there is no file none", "")

	disk.WriteFile("a.rowan", whole)
	db := mustOpen(t, "a.rowan", Options{FS: disk}).(rw)
	_, err = Open(t.Context(), "a.rowan", Options{FS: disk})
	who, _, _ := strings.Cut(btree.Process{PID: os.Getpid(), Program: "native.test", Writing: true}.String(), " since ")
	what, since, _ := strings.Cut(err.Error(), " since ")
	if want := "a.rowan is open in another process, " + who; what != want || len(since) != len(time.DateTime) {
		t.Errorf("got %q since %q, want %q", what, since, want)
	}
	names := &driver.Schema{Name: "names", Key: []driver.Column{{Name: "name", Kind: tuple.KindText}}}
	if err := db.CreateTable(t.Context(), names); err != nil {
		t.Fatal(err)
	}
	_, err = db.Apply(t.Context(), []driver.Change{{
		Op: driver.Insert, Table: "names", Key: tuple.Of(tuple.Text(strings.Repeat("k", 9000))),
	}})
	wantMessage(t, err, "key too large: 9002 bytes, at most 4096 with pages of 16384", "use a shorter key")
	nested := fmt.Errorf("btree: making b.rowan: btree: copying a.rowan: %w", syscall.EROFS)
	wantMessage(t, explain(nested), "making b.rowan: copying a.rowan: read-only file system", "the file system is mounted read-only: use another one")
}

// ofFormat returns a file whose metas say that it is of another version of the
// format.
func ofFormat(file []byte, version uint32) []byte {
	const format, sum = 8, 124 // the places in a meta that are the same in all versions
	file = slices.Clone(file)
	for at := 0; at <= pageSize; at += pageSize {
		meta := file[at:]
		binary.LittleEndian.PutUint32(meta[format:], version)
		binary.LittleEndian.PutUint32(meta[sum:], crc32.Checksum(meta[:sum], crc32.MakeTable(crc32.Castagnoli)))
	}
	return file
}

func wantMessage(t *testing.T, err error, message, hint string) {
	t.Helper()
	e, ok := errors.AsType[*driver.Error](err)
	if !ok || err.Error() != message || e.Hint != hint {
		t.Errorf("got  %v (%+v)\nwant %s (%s)", err, e, message, hint)
	}
}

// TestNewInForbiddenDirectory checks that the reason is the permission, and not
// that the file which could not be made is not there.
func TestNewInForbiddenDirectory(t *testing.T) {
	disk := &readOnlyDisk{FS: &vfs.Mem{}, refusal: os.ErrPermission}
	_, err := Open(t.Context(), "a.rowan", Options{Create: true, FS: disk})
	if classify(err) != driver.Permission {
		t.Errorf("%v is of kind %v", err, classify(err))
	}
}

// TestCutOffWhileOpen cuts a file off under a reader, whose memory it is.
func TestCutOffWhileOpen(t *testing.T) {
	db, path := create(t, Options{})
	insert(t, db, strings.Repeat("long ", 100_000))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	reader := mustOpen(t, path, Options{ReadOnly: true})
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := readAll(t, reader)
	wantMessage(t, err, "a page cannot be read: the file was cut off while it was open, or its disk fails",
		"open it again; if that fails too, run a check, and restore a backup")
	if classify(err) != driver.Unavailable {
		t.Errorf("it is of kind %v", classify(err))
	}
}
