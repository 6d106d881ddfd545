package btree

import (
	"fmt"
	"hash/crc32"
	"math/bits"
)

// Magic is the first eight bytes of every database file. The first byte is not text and the last two are changed by
// transfers that convert line ends.
const Magic = "\x8bROWAN\r\n"

// FormatVersion is the version of the file format that this package reads and writes.
const FormatVersion = 2

// Sizes of pages in bytes; a size is a power of two.
const (
	MinPageSize = 4 << 10
	MaxPageSize = 64 << 10
)

const (
	metaSize  = 256
	metaCore  = 128 // as many bytes of it are the same in all format versions
	metaPages = 2
	// maxLevel bounds the height of a tree, so that damaged pages cannot lead a descent round in circles. Even with two
	// children a branch it allows more leaves than any disk holds.
	maxLevel = 48
)

// Offsets in a meta; format.go describes the fields.
const (
	metaFormat   = 8
	metaPageSize = 12
	metaVersion  = 16
	metaPageEnd  = 24
	metaSpace    = 32
	metaCatalog  = 40
	metaVersions = 80
	metaCRC      = 124
	metaLog      = 128
	metaLogPages = 136
	metaLogHalf  = 140
	metaLogGen   = 144
	metaSum      = 252
)

// meta is what a commit writes last: from it everything else in a version is reached.
type meta struct {
	pageSize int
	version  uint64
	pageEnd  uint64 // number of pages of the file that are in use or free: the number of the first beyond them
	space    uint64 // sum over the current space pages, see space.go
	catalog  treeRoot
	versions blob // the list of kept versions
	log      logPlace
}

// logPlace is where the log is, and which of its records follow the version of the meta: those from the beginning of the active
// half on, and then those of the other half.
type logPlace struct {
	first      uint64 // page; 0 when there is no log
	pages      uint32 // of a half
	half       uint32 // the active one, 0 or 1
	generation uint64 // of the records
}

func (m *meta) encode() []byte {
	b := make([]byte, metaSize)
	copy(b, Magic)
	le.PutUint32(b[metaFormat:], FormatVersion)
	le.PutUint32(b[metaPageSize:], uint32(m.pageSize))
	le.PutUint64(b[metaVersion:], m.version)
	le.PutUint64(b[metaPageEnd:], m.pageEnd)
	le.PutUint64(b[metaSpace:], m.space)
	m.catalog.encode(b[metaCatalog:])
	le.PutUint64(b[metaVersions:], m.versions.first)
	le.PutUint64(b[metaVersions+8:], m.versions.length)
	le.PutUint32(b[metaCRC:], crc32.Checksum(b[:metaCRC], castagnoli))
	le.PutUint64(b[metaLog:], m.log.first)
	le.PutUint32(b[metaLogPages:], m.log.pages)
	le.PutUint32(b[metaLogHalf:], m.log.half)
	le.PutUint64(b[metaLogGen:], m.log.generation)
	le.PutUint32(b[metaSum:], crc32.Checksum(b[:metaSum], castagnoli))
	return b
}

// decodeMeta reads a meta from any bytes. The magic, the format version and the place and extent of the checksum are the same
// in all format versions, so that a damaged meta is never taken for a newer one.
func decodeMeta(b []byte) (*meta, error) {
	if len(b) < metaCore || string(b[:len(Magic)]) != Magic {
		return nil, ErrNotDatabase
	}
	if le.Uint32(b[metaCRC:]) != crc32.Checksum(b[:metaCRC], castagnoli) {
		return nil, fmt.Errorf("%w: the checksum of a meta page is wrong", ErrCorrupt)
	}
	if v := le.Uint32(b[metaFormat:]); v > FormatVersion {
		return nil, fmt.Errorf("%w: the file has version %d and this program knows up to %d: use a newer program", ErrVersion, v, FormatVersion)
	} else if v < FormatVersion {
		return nil, fmt.Errorf("%w: the file has version %d and this program works with %d: upgrade it first", ErrOldVersion, v, FormatVersion)
	}
	if len(b) < metaSize || le.Uint32(b[metaSum:]) != crc32.Checksum(b[:metaSum], castagnoli) {
		return nil, fmt.Errorf("%w: the checksum of a meta page is wrong", ErrCorrupt)
	}
	m := &meta{
		pageSize: int(le.Uint32(b[metaPageSize:])),
		version:  le.Uint64(b[metaVersion:]),
		pageEnd:  le.Uint64(b[metaPageEnd:]),
		space:    le.Uint64(b[metaSpace:]),
		catalog:  decodeRoot(b[metaCatalog:]),
		versions: blob{le.Uint64(b[metaVersions:]), le.Uint64(b[metaVersions+8:])},
		log: logPlace{
			first:      le.Uint64(b[metaLog:]),
			pages:      le.Uint32(b[metaLogPages:]),
			half:       le.Uint32(b[metaLogHalf:]),
			generation: le.Uint64(b[metaLogGen:]),
		},
	}
	if !validPageSize(m.pageSize) || m.pageEnd < firstPage || m.pageEnd > maxPages || m.catalog.root >= m.pageEnd || !m.log.valid(m.pageEnd) {
		return nil, fmt.Errorf("%w: a meta page has impossible values", ErrCorrupt)
	}
	return m, nil
}

// end returns the page after the log.
func (l *logPlace) end() uint64 { return l.first + 2*uint64(l.pages) }

// valid reports whether the place is one in a file of that many pages.
func (l *logPlace) valid(pageEnd uint64) bool {
	if l.first == 0 {
		return *l == logPlace{}
	}
	return l.first >= firstPage && l.pages > 0 && l.half <= 1 && l.first < pageEnd && 2*uint64(l.pages) <= pageEnd-l.first
}

func validPageSize(n int) bool {
	return n >= MinPageSize && n <= MaxPageSize && bits.OnesCount(uint(n)) == 1
}

// treeRoot is where a tree begins and how large it is. An empty tree has no page: its root is 0.
type treeRoot struct {
	root     uint64
	keys     uint64
	leaves   uint64 // pages
	branches uint64 // pages
	overflow uint64 // pages
}

const rootSize = 40

func (r *treeRoot) encode(b []byte) {
	le.PutUint64(b, r.root)
	le.PutUint64(b[8:], r.keys)
	le.PutUint64(b[16:], r.leaves)
	le.PutUint64(b[24:], r.branches)
	le.PutUint64(b[32:], r.overflow)
}

func decodeRoot(b []byte) treeRoot {
	return treeRoot{
		root:     le.Uint64(b),
		keys:     le.Uint64(b[8:]),
		leaves:   le.Uint64(b[16:]),
		branches: le.Uint64(b[24:]),
		overflow: le.Uint64(b[32:]),
	}
}
