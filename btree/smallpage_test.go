//go:build !btree_page16 && !btree_page64

package btree_test

// smallPage is the size of pages in tests that want many pages for little. Builds with the tags btree_page16 and btree_page64 run
// them with other sizes.
const smallPage = 4 << 10
