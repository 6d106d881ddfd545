// Package kvrows makes tables of typed rows out of any transactional, ordered
// byte store. A backend over such a store adapts it to [Engine] and embeds the
// [DB] or [ReadWrite] that [Open] and [OpenReadWrite] return.
//
// A table is a tree of the store. Its key is the tuple encoding of the row's
// key (package tuple), so that the store's byte order is the order of keys and
// every range of keys is one range of bytes. Its value is the encoding of the
// columns (see [appendRow]). A catalog, itself a tree, keeps each table's
// columns. A tree without an entry in the catalog, such as one that another
// program made, is a table of raw keys and raw values.
//
// It guarantees that a batch of changes is written in one transaction of the
// store or not at all. It does not enforce foreign keys: they are declared,
// shown and followed, no more.
package kvrows

import (
	"context"
	"iter"
)

// Engine is the ordered byte store. Its errors are passed on as they are.
type Engine interface {
	// Begin starts a transaction, of which there may be any number for
	// reading. One for writing waits for the other until ctx is done.
	Begin(ctx context.Context, writable bool) (Tx, error)
	// Guard calls f, which reads the keys and values that trees return, and
	// makes an error of it if the memory that they are in cannot be read.
	Guard(f func() error) error
	Close() error
}

// Tx is a transaction of the store. A writable one sees its own writes.
type Tx interface {
	// Tree returns the tree of a name, and false if there is none.
	Tree(name string) (Tree, bool, error)
	CreateTree(name string) (Tree, error)
	DropTree(name string) error
	// Trees lists the names of all trees in byte order.
	Trees() ([]string, error)
	// Savepoint returns a function that restores the present state. It may be
	// called more than once, also after later savepoints were made.
	Savepoint() (restore func() error, err error)
	Commit() error
	// Rollback ends the transaction and undoes it; after Commit it does
	// nothing. Of a transaction for reading it may fail with what makes the
	// reads void, such as that they were not of one state.
	Rollback() error
}

// Tree is an ordered set of pairs. What it returns is valid until the next
// write or the end of the transaction.
type Tree interface {
	Get(key []byte) (value []byte, ok bool, err error)
	Put(key, value []byte) error
	Delete(key []byte) (existed bool, err error)
	Cursor() Cursor
	// Len returns the number of pairs.
	Len() (uint64, error)
	// Count returns the number of keys from lower, inclusive, to upper,
	// exclusive; a nil upper is infinity.
	Count(lower, upper []byte) (uint64, error)
	// Rank returns the number of keys before key.
	Rank(key []byte) (uint64, error)
	// Select returns the key that n others sort before, and false if there
	// are not so many.
	Select(n uint64) (key []byte, ok bool, err error)
	// Load fills the empty tree with pairs in ascending order of their keys.
	Load(pairs iter.Seq2[[]byte, []byte]) error
}

// Remote is implemented as well by trees of which each call is a round trip to
// a server, so that what is wanted is asked for at once.
type Remote interface {
	// GetAll returns the values of keys, nil for one that does not exist.
	GetAll(keys [][]byte) (values [][]byte, err error)
	// CursorFor returns a cursor that is expected to read so many pairs, or
	// only their keys. Nobody writes to what it returns, ever.
	CursorFor(pairs int, keysOnly bool) Cursor
}

// Cursor moves over a tree. A method that returns false has met the end, or
// an error that Err returns.
type Cursor interface {
	// Seek moves to the first key that is not before key.
	Seek(key []byte) bool
	// SeekBefore moves to the last key before key, or to the last of all if
	// key is nil.
	SeekBefore(key []byte) bool
	Next() bool
	Prev() bool
	Key() []byte
	// ValueLen returns the value's length without reading all of it.
	ValueLen() (uint64, error)
	// Value returns the first n bytes of the value, or all of it if it is no
	// longer.
	Value(n int) ([]byte, error)
	Err() error
}
