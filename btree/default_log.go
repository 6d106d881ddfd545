//go:build !btree_nolog

package btree

// neverLog makes every database one with Options.NoLog, in a build with the tag btree_nolog, so that tests run without the log
// too. This is the other build.
const neverLog = false
