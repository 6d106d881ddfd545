//go:build !cgo

package backends

// withSQLite tells whether this build has the SQLite driver, which is C.
const withSQLite = false
