//go:build !(amd64 || arm64 || 386 || ppc64le) || btree_checked

package btree

// Loads and stores in pages on any machine, with a check of bounds: the same functions as in loads_unsafe.go.

func load16(b []byte, at int) int { return int(le.Uint16(b[at:])) }

func load32(b []byte, at int) uint32 { return le.Uint32(b[at:]) }

func load64(b []byte, at int) uint64 { return le.Uint64(b[at:]) }

func store16(b []byte, at, v int) { le.PutUint16(b[at:], uint16(v)) }

func store32(b []byte, at int, v uint32) { le.PutUint32(b[at:], v) }

func store64(b []byte, at int, v uint64) { le.PutUint64(b[at:], v) }

// slice returns b[at : at+n : at+n].
func slice(b []byte, at, n int) []byte { return b[at : at+n : at+n] }
