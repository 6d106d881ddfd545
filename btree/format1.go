package btree

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/rowan-db/rowan/btree/vfs"
)

// format1 reads files of the first version of the format, which differs from the present one in the header of pages: it had 40
// bytes there, and heads were big-endian. Heads are not needed here. It takes nothing for granted: the file may be damaged.
type format1 struct {
	f        vfs.File
	pageSize int
	pageEnd  uint64
	catalog  treeRoot
	read     uint64 // pages: a sound file refers to each once
}

const headerSize1 = 40

// openFormat1 reads the newest meta.
func openFormat1(f vfs.File) (*format1, error) {
	var found *format1
	newest := uint64(0)
	for off := int64(0); off <= MaxPageSize; off = max(MinPageSize, 2*off) {
		b := make([]byte, metaSize)
		if err := readFull(f, b, off); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("btree: reading the header: %w", err)
		}
		d := &format1{
			f: f, pageSize: int(le.Uint32(b[metaPageSize:])), pageEnd: le.Uint64(b[metaPageEnd:]),
			catalog: decodeRoot(b[metaCatalog:]),
		}
		whole := string(b[:len(Magic)]) == Magic && le.Uint32(b[metaFormat:]) == 1 && validPageSize(d.pageSize) &&
			le.Uint32(b[metaCRC:]) == crc32.Checksum(b[:metaCRC], castagnoli)
		if v := le.Uint64(b[metaVersion:]); whole && d.pageEnd <= maxPages && v > newest {
			found, newest = d, v
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w: neither meta of the file is whole", ErrCorrupt)
	}
	size, err := f.Size()
	if err != nil {
		return nil, fmt.Errorf("btree: reading the size: %w", err)
	}
	return found, checkSize(size, &meta{pageSize: found.pageSize, pageEnd: found.pageEnd})
}

// trees calls each with every tree.
func (d *format1) trees(each func(name string, root treeRoot) error) error {
	return d.walk(d.catalog, func(key, val []byte) error {
		if len(val) != rootSize {
			return corrupt(d.catalog.root, "the record of tree %q has %d bytes", key, len(val))
		}
		return each(string(key), decodeRoot(val))
	})
}

// walk calls each with the pairs of a tree in order.
func (d *format1) walk(root treeRoot, each func(key, val []byte) error) error {
	if root.root == 0 {
		return nil
	}
	p, err := d.page(root.root)
	if err != nil {
		return err
	}
	return d.below(p, each)
}

// below walks over what is in and below a page.
func (d *format1) below(p page, each func(key, val []byte) error) error {
	prefix, ok := cut(p, headerSize1, p.prefixLen())
	for i := range p.count() {
		if p.kind() == kindBranch {
			child, err := d.child(p, i)
			if err == nil {
				err = d.below(child, each)
			}
			if err != nil {
				return err
			}
			continue
		}
		suffix, val, overflow, fits := entry1(p, i)
		if !ok || !fits || overflow && len(val) != refSize {
			return corrupt(p.number(), "entry %d reaches beyond the page", i)
		}
		if overflow {
			var err error
			if val, err = d.value(splitRef(val)); err != nil {
				return err
			}
		}
		if err := each(append(append([]byte{}, prefix...), suffix...), val); err != nil {
			return err
		}
	}
	return nil
}

// child reads the page that entry i of a branch leads to.
func (d *format1) child(p page, i int) (page, error) {
	b, ok := cut(p, arrays1(p)+4*p.capacity()+8*i, 8)
	if !ok {
		return nil, corrupt(p.number(), "entry %d reaches beyond the page", i)
	}
	c, err := d.page(le.Uint64(b))
	if err == nil && c.level() != p.level()-1 {
		err = corrupt(c.number(), "a page of level %d where %d is expected", c.level(), p.level()-1)
	}
	return c, err
}

// page reads a page of a tree or a value.
func (d *format1) page(no uint64) (page, error) {
	if no < firstPage || no >= d.pageEnd {
		return nil, corrupt(no, "a page refers to it, but the file has pages %d to %d", firstPage, d.pageEnd-1)
	}
	if d.read++; d.read > d.pageEnd {
		return nil, corrupt(no, "pages refer to each other in circles, or to one more than once")
	}
	p := make(page, d.pageSize)
	if err := readFull(d.f, p, int64(no)*int64(d.pageSize)); err != nil {
		return nil, corrupt(no, "it cannot be read: %v", err)
	}
	if le.Uint32(p[offCRC:]) != p.sum() || p.number() != no {
		return nil, corrupt(no, "its checksum is wrong, or it is another page")
	}
	if (p.kind() == kindBranch) != (p.level() > 0) || p.level() > maxLevel || p.kind() > kindOverflow {
		return nil, corrupt(no, "a page of kind %d at level %d", p.kind(), p.level())
	}
	return p, nil
}

// value reads a value from its overflow pages.
func (d *format1) value(no, length uint64) ([]byte, error) {
	if length > MaxValueSize || length > d.pageEnd*uint64(d.pageSize) {
		return nil, corrupt(no, "a value of %d bytes", length)
	}
	val := make([]byte, 0, length)
	for uint64(len(val)) < length {
		p, err := d.page(no)
		if err != nil {
			return nil, err
		}
		val = append(val, p[headerSize1:headerSize1+min(len(p)-headerSize1, int(length)-len(val))]...)
		no = nextPage(d.pageSize, no)
	}
	return val, nil
}

// arrays1 returns where the arrays of a page begin.
func arrays1(p page) int { return (headerSize1 + p.prefixLen() + 7) &^ 7 }

// entry1 returns the record of entry i of a leaf.
func entry1(p page, i int) (suffix, val []byte, overflow, ok bool) {
	slot, ok := cut(p, arrays1(p)+4*p.capacity()+2*i, 2)
	if !ok {
		return nil, nil, false, false
	}
	at, lens := len(p)-int(le.Uint16(slot)), p.lens()
	if lens == 0 {
		b, ok := cut(p, at, lensSize)
		if !ok {
			return nil, nil, false, false
		}
		lens, at = le.Uint32(b), at+lensSize
	}
	suffix, ok = cut(p, at, keyLen(lens))
	val, fits := cut(p, at+keyLen(lens), valLen(lens))
	return suffix, val, lens&lensOverflow != 0, ok && fits
}

// cut returns n bytes of a page, if it has them.
func cut(p page, at, n int) ([]byte, bool) {
	if at < headerSize1 || at+n > len(p) {
		return nil, false
	}
	return p[at : at+n], true
}
