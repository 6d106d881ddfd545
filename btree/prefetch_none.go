//go:build !amd64 && !arm64

package btree

// prefetchLines does nothing here: what is needed is fetched when it is.
func prefetchLines(*byte, int) {}
