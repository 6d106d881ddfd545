//go:build (amd64 || arm64 || 386 || ppc64le) && !btree_checked

package btree

import (
	"math/bits"
	"unsafe"
)

// Loads and stores in pages, without a check of bounds: a page was verified when it was first touched, so that no offset in it
// leads outside, and the checks would cost as much as the search itself. The machines of this file have the byte order of the
// format and load from any address. All others, and builds with the tag btree_checked, use loads_checked.go.

func load16(b []byte, at int) int { return int(*(*uint16)(address(b, at))) }

func load32(b []byte, at int) uint32 { return *(*uint32)(address(b, at)) }

func load64(b []byte, at int) uint64 { return *(*uint64)(address(b, at)) }

func store16(b []byte, at, v int) { *(*uint16)(address(b, at)) = uint16(v) }

func store32(b []byte, at int, v uint32) { *(*uint32)(address(b, at)) = v }

func store64(b []byte, at int, v uint64) { *(*uint64)(address(b, at)) = v }

// slice returns b[at : at+n : at+n]. An empty slice begins at the start of b: one at its end would point to whatever the
// garbage collector keeps behind it.
func slice(b []byte, at, n int) []byte {
	return unsafe.Slice((*byte)(address(b, at&(-n>>(bits.UintSize-1)))), n)
}

func address(b []byte, at int) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), at)
}
