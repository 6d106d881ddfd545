package btree

// The functions below load from memory that is needed soon, so that the processor waits for all of it at once. They are
// not inlined: their results, which nobody needs, keep the loads from being left out. None is from a checksum, which may be being written.

//go:noinline
func touchPages(pages []page) (sum uint32) {
	for _, p := range pages {
		sum += load32(p, offKind) + load32(p, 64)
	}
	return sum
}

//go:noinline
func touch(pages []page, at []int) (sum byte) {
	for j, p := range pages {
		sum += p[at[j]]
	}
	return sum
}

// touchHeads loads from the first heads of a page, which are needed next, while the processor waits for its header.
//
//go:noinline
func touchHeads(p page) uint32 {
	return load32(p, offKind) + load32(p, 64) + load32(p, 128) + load32(p, 192) + load32(p, 256) + load32(p, 320) + load32(p, 384) +
		load32(p, 448) + load32(p, 512)
}
