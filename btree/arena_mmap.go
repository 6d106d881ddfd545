//go:build (darwin || freebsd || linux) && (amd64 || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x) && !race && !btree_checked

package btree

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size and alignment of the pages that the system is asked to make slabs of.
const hugePage = 2 << 20

// newSlab returns memory of the system, so that the garbage collector neither scans it nor counts it.
func newSlab(size int) (slab []byte, give func()) {
	room := size
	if size >= hugePage {
		room += hugePage
	}
	b, err := unix.Mmap(-1, 0, room, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return make([]byte, size), nil
	}
	skip := 0
	if room > size {
		skip = int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (hugePage - 1))
		adviseHuge(b[skip : skip+size])
	}
	return b[skip : skip+size : skip+size], func() { _ = unix.Munmap(b) }
}
