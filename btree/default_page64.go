//go:build btree_page64

package btree

// DefaultPageSize is the size of pages in bytes where Options say nothing.
const DefaultPageSize = 64 << 10
