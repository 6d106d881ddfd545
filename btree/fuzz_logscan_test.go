//go:build !btree_nolog

package btree

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// openBoth opens a file for reading and for writing, and returns what it shows. Both must show the same, and nothing may be wrong with
// it.
func openBoth(t *testing.T, disk *vfs.Mem) (content string, err error) {
	reader, err := Open("f", &Options{FS: disk, ReadOnly: true})
	if err == nil {
		defer func() { _ = reader.Close() }()
		content, err = contentOf(reader)
	}
	db, failed := Open("f", &Options{FS: disk, MustExist: true})
	if (err == nil) != (failed == nil) {
		t.Fatalf("reading says %v, and opening for writing %v", err, failed)
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	written, err := contentOf(db)
	if err != nil || written != content {
		t.Fatalf("reading shows %q, and opening for writing %q, %v", content, written, err)
	}
	if err := db.Check(context.Background(), func(p Problem) { t.Errorf("check: %v", p) }); err != nil {
		t.Fatal(err)
	}
	return content, nil
}

// contentOf returns all that a database has as a text.
func contentOf(db *DB) (s string, err error) {
	err = db.View(func(tx *Tx) error {
		names, err := tx.Trees()
		for _, name := range names {
			t, err := tx.Tree(name)
			if err != nil {
				return err
			}
			c := t.Cursor()
			for k, v := range c.Ascend(nil, nil) {
				s += fmt.Sprintf("%q %q %q\n", name, k, v)
			}
			if c.Err() != nil {
				return c.Err()
			}
			s += fmt.Sprintf("%q\n", name)
		}
		return err
	})
	return s, err
}

// Whatever bytes follow the whole records of a log, wherever they begin, they are no record: what is before them counts, for readers
// and for writers.
func FuzzLogScan(f *testing.F) {
	image, at, generation, first := sampleLog(f)
	size := 0
	for previous := first; ; {
		r, n, ok := nextRecord(image[at+int64(size):], generation, previous)
		if !ok {
			break
		}
		size, previous = size+n, r.version
	}
	log := bytes.Clone(image[at : at+int64(size)])
	contents := map[int]string{} // by the number of records that are whole
	f.Add([]byte{1, 2, 3}, uint16(0))
	f.Add(log[:recordHeader], uint16(len(log)))
	f.Add(log[len(log)/2:], uint16(len(log)/2))
	f.Fuzz(func(t *testing.T, after []byte, from uint16) {
		b := append(bytes.Clone(log[:min(int(from), len(log))]), after[:min(len(after), 4096)]...)
		whole, end, previous := 0, 0, first
		for r, n, ok := nextRecord(b, generation, previous); ok; r, n, ok = nextRecord(b[end:], generation, previous) {
			whole, end, previous = whole+1, end+n, r.version
		}
		file := bytes.Clone(image)
		clear(file[at : at+int64(size)])
		copy(file[at:], b)
		var disk vfs.Mem
		disk.WriteFile("f", file)
		got, err := openBoth(t, &disk)
		if err != nil {
			t.Fatalf("after %d whole records: %v", whole, err)
		}
		if want, known := contents[whole]; known && got != want {
			t.Fatalf("after %d whole records it holds %q, and held %q", whole, got, want)
		}
		contents[whole] = got
	})
}
