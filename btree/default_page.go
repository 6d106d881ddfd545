//go:build !btree_page4 && !btree_page64

package btree

// DefaultPageSize is the size of pages in bytes where Options say nothing. Builds with the tags btree_page4 and btree_page64 have
// another, so that tests run with them too.
const DefaultPageSize = 16 << 10
