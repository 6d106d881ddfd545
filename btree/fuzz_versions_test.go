package btree

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// FuzzVersions decodes lists of kept versions. What can be decoded is encoded again to the same bytes.
func FuzzVersions(f *testing.F) {
	f.Add([]byte{})
	f.Add(encodeVersions([]kept{{version: 3, time: 1}, {version: 4, name: "a", catalog: treeRoot{root: 9, keys: 1, leaves: 1}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if ks, ok := decodeVersions(b); ok && !bytes.Equal(encodeVersions(ks), b) {
			t.Errorf("%x became %x", b, encodeVersions(ks))
		}
	})
}

// FuzzFormat1 reads files of the first format with some bytes changed: it may fail, but neither panic nor go on for ever.
func FuzzFormat1(f *testing.F) {
	z, err := os.Open(filepath.Join("testdata", "format1.db.gz"))
	if err != nil {
		f.Fatal(err)
	}
	defer z.Close()
	r, err := gzip.NewReader(z)
	if err != nil {
		f.Fatal(err)
	}
	whole, err := io.ReadAll(r)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(4096*7), []byte{30, 0, 1})
	f.Add(uint32(0), []byte{24, 0, 9})
	f.Fuzz(func(t *testing.T, at uint32, edits []byte) {
		data := bytes.Clone(whole)
		at %= uint32(len(data))
		edit(data[at:], edits)
		for no := 0; no+4096 <= len(data); no += 4096 { // so that what was changed is looked at
			p := page(data[no : no+4096])
			if no < metaPages*4096 {
				ResealMeta(p)
			} else {
				p.seal()
			}
		}
		var disk vfs.Mem
		disk.WriteFile("f", data)
		file, err := disk.OpenFile("f", vfs.ReadOnly)
		if err != nil {
			t.Fatal(err)
		}
		d, err := openFormat1(file)
		if err != nil {
			return
		}
		n := 0
		_ = d.trees(func(_ string, root treeRoot) error {
			return d.walk(root, func(_, _ []byte) error {
				if n++; n > 100000 {
					t.Fatal("there is no end to it")
				}
				return nil
			})
		})
	})
}
