// Package postgres opens PostgreSQL databases, version 12 and newer, and what
// speaks its protocol and has its catalogs.
//
// Tables that the search path finds go by their names, others by schema.table. A
// table that goes by the name of another one in this way hides it.
//
// What a row's key is, in order of preference:
//
//   - the primary key;
//   - the unique index over NOT NULL columns that has the fewest, if it is valid,
//     of all rows, and sorted as its types are by default;
//   - for a table or materialised view without either, the place of the row in
//     the table's file, ctid. It changes with every update, so that such a table
//     is read-only;
//   - else the position in the result, read-only: views, foreign tables,
//     partitioned tables without a key, and tables that others inherit from.
//
// Values of the types that package tuple has are exchanged in binary. All others
// are tuple.KindOther: the text form that the server itself prints and reads, so
// that nothing is lost, and they can be edited, though they are not understood.
// Times beyond all others (infinity) are, too. What a column would round, pad or
// cut without a word, such as 1.234 in numeric(5,2), is refused.
//
// Keys sort by the index that they are read with, in the collation that it has.
// A prefix of text is a range only if that is the order of the bytes (C); in any
// other collation it fails with driver.Unsupported, and a filter has to do.
//
// A read takes one statement and one round trip, and so does the description of a
// table. Statements that are run again are prepared. Reads are tried once more on
// a new connection when it turns out that theirs was lost; so is a batch of
// changes, unless its commit may have been done: that is driver.OutcomeUnknown.
//
// Changes are made in a transaction of level READ COMMITTED, which locks each row
// with FOR UPDATE before it is compared with what the change was based on. So a
// conflict shows what others wrote, and a change waits while they have not
// committed. A snapshot is a transaction of level REPEATABLE READ, READ ONLY. Both
// keep one connection for as long as they are open. To cancel a call cancels
// its statement in the server.
//
// A database that is opened read-only is of a type without methods that write.
// Each of its queries, those that people write included, is in a transaction that
// was begun READ ONLY and is rolled back, so that neither a statement nor a view
// can write, or turn off what keeps it from writing. Functions that act outside
// of the transaction, on files or through connections of their own, are as free as
// the user's privileges let them be: PostgreSQL does not count that as writing.
//
// Columns that the user may not read are left out of a table.
//
// What it cannot do well: the pages of a view, and of whatever else has positions
// for keys, take time in proportion to the rows before them. A fraction of a
// second that an interval with fields, such as interval day, cuts off is not
// noticed before it is gone.
package postgres
