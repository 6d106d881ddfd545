package btree

import (
	"bytes"
	"context"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// useAll calls everything that reads a page, as a program that trusts its structure does.
func useAll(p page, keys ...[]byte) {
	var arena []byte
	es := decode(p, nil, &arena)
	m := newMeasure(p.kind())
	for i := range es {
		m.add(&es[i])
		p.compareKey(i, arena)
		p.recordSize(i)
	}
	for _, key := range keys {
		if p.isBranch() {
			p.child(p.childIndex(key))
			continue
		}
		if i, found := p.search(key); found {
			p.value(i)
		}
		p.guess(key)
	}
	p.total()
	p.live()
	m.size()
}

// edit changes bytes of a good input: three bytes of edits are a place and what to put there. Fuzzing edits rather than whole
// pages keeps the inputs short and most of what they make almost right.
func edit(b, edits []byte) {
	for ; len(edits) >= 3; edits = edits[3:] {
		b[int(le.Uint16(edits))%len(b)] = edits[2]
	}
}

// samplePages returns a page of each kind whose structure is verified.
func samplePages() [3]page {
	leaf, fixed, branch := make(page, MinPageSize), make(page, MinPageSize), make(page, MinPageSize)
	build(leaf, kindLeaf, 0, []entry{{key: []byte("ab"), val: []byte("1")}, {key: []byte("abc")}, {key: []byte("abd"), val: makeRef(4, 5), overflow: true}})
	build(fixed, kindLeaf, 0, []entry{{key: []byte("ab1"), val: []byte("1")}, {key: []byte("ab2"), val: []byte("2")}})
	build(branch, kindBranch, 1, []entry{{child: 4, keys: 1}, {key: []byte("k"), child: 5, keys: 2}, {key: []byte("lm"), child: 6}})
	return [3]page{leaf, fixed, branch}
}

// Any bytes that verifyStructure accepts as a page can be used without a panic, read and changed.
func FuzzPage(f *testing.F) {
	for which := range byte(3) {
		f.Add(which, []byte{offCount, 0, 2}, []byte("abc"))
	}
	f.Fuzz(func(t *testing.T, which byte, edits, key []byte) {
		p := samplePages()[which%3]
		edit(p, edits)
		if verifyStructure(p, p.number()) != nil || p.kind() > kindBranch {
			return
		}
		useAll(p, key, nil, p.appendKey(nil, p.count()-1))
		e := entry{key: key[:min(len(key), 1024)], val: []byte("v"), child: 9, keys: 9}
		if p.isBranch() {
			e.val = nil
		}
		p.insert(p.count(), &e)
		p.remove(0, (p.count()+1)/2)
	})
}

// Any bytes make a meta or an error, and a meta makes the same bytes again.
func FuzzMeta(f *testing.F) {
	f.Add(firstMeta(DefaultPageSize).encode())
	f.Add([]byte(Magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= metaSize {
			ResealMeta(b)
		}
		m, err := decodeMeta(b)
		if (m == nil) == (err == nil) {
			t.Fatalf("decodeMeta returned %v and %v", m, err)
		}
		if m != nil && !bytes.Equal(m.encode()[:metaCatalog+rootSize], b[:metaCatalog+rootSize]) {
			t.Fatalf("%x became %x", b, m.encode())
		}
	})
}

// Any file is opened, checked, read and changed without a panic and without an endless loop, even when every checksum in it is
// right.
func FuzzFile(f *testing.F) {
	sample := sampleFile(f)
	for off := 0; off < len(sample); off += MinPageSize {
		f.Add([]byte{byte(off), byte(off >> 8), 7, offLevel, byte(off >> 8), 1})
	}
	f.Fuzz(func(t *testing.T, edits []byte) {
		b := bytes.Clone(sample)
		edit(b, edits)
		sealAll(b)
		var disk vfs.Mem
		disk.WriteFile("f", b)
		db, err := Open("f", &Options{FS: &disk, MustExist: true, CacheSize: 1})
		if err != nil {
			return
		}
		defer func() { _ = db.Close() }()
		_ = db.Check(context.Background(), func(Problem) {})
		_ = db.View(readSome)
		_ = db.Update(changeSome)
	})
}

// sealAll makes the checksums right of what may be metas and pages.
func sealAll(b []byte) {
	for off := 0; off+MinPageSize <= len(b); off += MinPageSize {
		if bytes.HasPrefix(b[off:], []byte(Magic)) {
			ResealMeta(b[off:])
			continue
		}
		page(b[off : off+MinPageSize]).seal()
	}
}

// sampleFile returns a small database with pages of every kind.
func sampleFile(t testing.TB) []byte {
	var disk vfs.Mem
	db, err := Open("f", &Options{FS: &disk, PageSize: MinPageSize})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *Tx) error {
		tree, err := tx.CreateTree("t")
		if err != nil {
			return err
		}
		for i := range 80 {
			if err := tree.Put([]byte{byte(i), 'k'}, make([]byte, i)); err != nil {
				return err
			}
		}
		return tree.Put([]byte("big"), make([]byte, 6000))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return disk.ReadFile("f")
}

func readSome(tx *Tx) error {
	names, err := tx.Trees()
	if err != nil {
		return err
	}
	for _, name := range names {
		tree, err := tx.Tree(name)
		if err != nil {
			return err
		}
		c := tree.Cursor()
		n := 0
		for range c.Ascend(nil, nil) {
			if n++; n > 1000 { // a file can claim more keys than anybody wants to see
				break
			}
		}
		c.Last()
		c.Select(tree.keys / 2)
		if _, err := tree.Count([]byte("a"), []byte("c")); err != nil {
			return err
		}
	}
	return nil
}

func changeSome(tx *Tx) error {
	names, err := tx.Trees()
	if err != nil {
		return err
	}
	for _, name := range names {
		tree, err := tx.Tree(name)
		if err != nil {
			return err
		}
		if err := tree.Put([]byte("big"), []byte("new")); err != nil {
			return err
		}
		for i := range 40 {
			if _, err := tree.Delete([]byte{byte(2 * i), 'k'}); err != nil {
				return err
			}
		}
		if _, err := tree.DeleteRange([]byte{30}, []byte{60}); err != nil {
			return err
		}
	}
	return nil
}
