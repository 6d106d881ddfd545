//go:build btree_nolog

package btree

const neverLog = true
