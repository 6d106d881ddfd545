package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// How much memory is warmed before something is measured: more than the engines
// take for so many records, and not so much that the host takes it back at once.
const (
	warmPerRecord = 1024
	warmAtMost    = 512 << 20
)

// warm makes the machine give out memory that it has used a moment ago.
//
// A virtual machine hands memory that is free back to its host, within seconds,
// and gets each page again by a fault that the host serves. Where that is so,
// to write a new file takes up to fifteen times as long, by how long ago the
// memory below it was last used: by far more than engines differ, and by luck.
// A file that is written and removed leaves free memory that is warm, for
// seconds, and which the system gives out first for the files that follow. It
// is removed before the system writes it to the disk. What takes little memory
// is better measured without: the caches of the processor are cold afterwards.
func warm(dir string, size int64) (err error) {
	f, err := os.Create(filepath.Join(dir, "warm"))
	if err != nil {
		return fmt.Errorf("cannot warm memory: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	piece := make([]byte, 2<<20)
	for i := range piece {
		piece[i] = byte(i)
	}
	for left := size; left > 0; left -= int64(len(piece)) {
		if _, err := f.Write(piece[:min(left, int64(len(piece)))]); err != nil {
			return fmt.Errorf("cannot warm memory: %w", err)
		}
	}
	return nil
}
