// Package sqlite opens SQLite databases, of any age and origin.
//
// What a row's key is, in order of preference:
//
//   - the INTEGER PRIMARY KEY, which is the rowid under another name;
//   - the PRIMARY KEY of a WITHOUT ROWID or STRICT table, or one whose columns
//     are NOT NULL;
//   - any other PRIMARY KEY, if no row is known to have NULL in it. SQLite
//     allows NULL there, any number of times, so that such a key would be
//     ambiguous; most tables never hold one. The first column is searched for
//     it, and the first 100,000 entries of the index for the others, when the
//     table is described for the first time. A page or a count that would show
//     or leave out a row with NULL fails, and from then on the table is
//     described with the next kind of key. Writes by a whole key are not
//     concerned: without NULL it is that of one row at most;
//   - a UNIQUE index, not partial and not over expressions, of NOT NULL columns;
//   - the rowid, under the first of the names rowid, _rowid_ and oid that no
//     column hides. It identifies a row until the database is vacuumed;
//   - else the position, read-only: views, virtual tables, and a table whose
//     columns hide all three names.
//
// An index that is sorted by a collation that this program does not have is
// none; a WITHOUT ROWID table that is cannot be read at all.
//
// Values keep the storage class that they are stored with, whatever the column
// was declared as: INTEGER, REAL, TEXT and BLOB are tuple.KindInt, KindFloat,
// KindText and KindBytes. 1, 1.0 and '1' are three values to a comparison with
// Change.Base. Values of other kinds are written as what SQLite's own functions
// understand (see storageClass). A value that the column's affinity would turn
// into one that cannot be turned back, such as the text 007 into the number 7,
// is refused. Text need not be UTF-8 and may hold NUL; in a database that is
// encoded as UTF-16, SQLite itself replaces what is not.
//
// Keys sort as SQLite sorts them: numbers, then text by the collation of the
// index, then blobs. A range or prefix follows the collation too: under NOCASE
// the prefix "al" takes in "Alice", and under RTRIM spaces at the end of a
// prefix do not count. Keys are in ascending order whether their index is or not.
//
// A database that is opened read-only is of a type without methods that write;
// each of its connections is opened with mode=ro and query_only. Writes go
// through one connection and wait for each other. Foreign keys are enforced.
//
// If the file is deleted, renamed or replaced while it is open, calls fail with
// driver.Unavailable until it is back, and what is not committed is not written.
//
// To open a database with a write-ahead log read-only makes the empty files -wal
// and -shm beside it if they are missing, as SQLite always does, but changes
// nothing in it. Where they can be neither opened nor made, [Open] says so; only
// on a file system that is mounted read-only is the file read without locks.
//
// What it cannot do well: a large table that has NULL far behind in its primary
// key is first taken for one that has none; a page of a view takes time in
// proportion to the rows before it; of a key with ascending and descending
// columns, the rows that share the columns before the first change of direction
// are sorted for each page; and prefixes of text in a database in UTF-16 are not
// supported.
//
// The package needs cgo. Without, everything compiles and [Open] fails with
// driver.Unsupported.
package sqlite
