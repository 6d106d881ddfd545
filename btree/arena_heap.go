//go:build !(darwin || freebsd || linux) || !(amd64 || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x) || race || btree_checked

package btree

// newSlab returns memory of the heap: here the race detector sees who uses it, and it needs nothing of the system. It holds no
// pointers, so that the garbage collector does not scan it.
func newSlab(size int) (slab []byte, give func()) { return make([]byte, size), nil }
