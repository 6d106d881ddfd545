// Package store is what rowan's screens and commands know of databases: the
// same tables, rows, staged changes and transactions over any of them.
//
// A [Store] reads. It lends out a [Writer] only if the database was opened for
// writing; the driver of one that was not has no methods to write with. A
// [Table] reads rows by key and by pages, a [View] the windows of rows that a
// screen shows, filtered and sorted. A [ChangeSet] collects edits, which
// [Writer.Commit] makes in one transaction, unless somebody else has changed
// what they were based on.
//
// It guarantees that
//
//   - a row is only ever found again by its own key, never by where it was on
//     a screen: a change reaches the row that was shown, or is a conflict;
//   - nothing keeps a cursor or a transaction open between two calls, unless
//     it was asked for as a [Snapshot] or a [Tx];
//   - a change that cannot be right, by the table's schema, is refused before
//     the database sees it;
//   - every error is an [*Error], made once, through which [errors.Is] finds
//     the [Kind] of failure and [errors.As] the database's own error.
//
// It does not promise more than the database does: what part of a batch
// becomes visible at once is [Info].Atomicity, and two pages of a table that
// others write are not one state of it, unless they are read in a snapshot.
//
// A Store, Table, View and Writer may be used by several goroutines at once; a
// Snapshot too. A Tx and a ChangeSet belong to one at a time.
package store
