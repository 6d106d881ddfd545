package btree_test

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
)

// format1 writes a copy of testdata/format1.db.gz, which the first version of the format wrote, to a new folder.
func format1(t *testing.T) (path string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "format1.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), dbName)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// format1Contents is what that file holds. It was written in several commits, so that it also has free pages.
func format1Contents() contents {
	const long = "long\x00name"
	c := contents{"empty": {}, "numbers": {}, "words": {}, long: {}}
	for i := range uint64(3000) {
		k := binary.BigEndian.AppendUint64(nil, i*7919%100003)
		c["numbers"][string(k)] = string(binary.LittleEndian.AppendUint64(nil, i))
	}
	for i := range 400 {
		k := strings.Repeat("prefix/", i%5) + fmt.Sprint(i)
		c["words"][k] = strings.Repeat(string(rune('a'+i%26)), i*i%700)
	}
	c["words"][""] = "the empty key"
	c["words"]["overflow"] = strings.Repeat("0123456789", 1500)
	for i := range 40 {
		c[long][strings.Repeat(fmt.Sprintf("%02d", i), 300)] = fmt.Sprint(i)
	}
	return c
}

// A file of the first format is refused with an error of its own, rather than taken for a damaged one.
func TestFirstFormatIsRefused(t *testing.T) {
	_, err := btree.Open(format1(t), &btree.Options{ReadOnly: true})
	if !errors.Is(err, btree.ErrVersion) || errors.Is(err, btree.ErrCorrupt) {
		t.Fatalf("opening a file of the first format: %v, want ErrVersion", err)
	}
}
