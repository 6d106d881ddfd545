//go:build btree_page16

package btree_test

const smallPage = 16 << 10
