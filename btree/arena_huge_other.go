//go:build darwin || freebsd

package btree

// adviseHuge does nothing: the system chooses by itself.
func adviseHuge([]byte) {}
