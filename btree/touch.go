package btree

// touchHeads loads from the first heads of a page, which are needed next, while the processor waits for its header. It is
// not inlined: its result, which nobody needs, keeps the loads from being left out. None is from the checksum, which may be being
// written.
//
//go:noinline
func touchHeads(p page) uint32 {
	return load32(p, offKind) + load32(p, 64) + load32(p, 128) + load32(p, 192) + load32(p, 256) + load32(p, 320) + load32(p, 384) +
		load32(p, 448) + load32(p, 512)
}
