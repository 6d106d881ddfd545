//go:build btree_page4

package btree

// DefaultPageSize is the size of pages in bytes where Options say nothing.
const DefaultPageSize = 4 << 10
