//go:build btree_page64

package btree_test

const smallPage = 64 << 10
