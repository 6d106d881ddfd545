// Package mysql opens databases of MySQL and MariaDB servers.
//
// The path of the address names the database that is connected to. Its tables
// are listed and called by their own names; a table of another database is
// called database.table, and can be opened and is referred to by that. Without
// a path, the tables of all databases are listed.
//
// What a row's key is, in order of preference: the primary key; a unique index,
// whole and sorted, over columns that are NOT NULL; any other unique index over
// such columns; else its position, read-only. Rows are read-only as well in
// views, sequences, the server's own tables, tables whose key the server
// computes, and tables whose storage engine cannot undo a change.
//
// Values are kept without loss. What package tuple has no kind for is text of
// the server's own form: bits as digits, geometries as SRID=4326;POINT(1 2).
// Dates that no calendar has, such as 0000-00-00, keep their text. TIMESTAMP is
// a point in time: sessions are in UTC, in which no clock is ever set back; a
// DATETIME has no zone. TINYINT(1) is a boolean where it holds 0 or 1. A FLOAT
// is the shortest number that stands for it. What the server would silently
// round, cut or take for something else (a number for the position of an ENUM's
// value, say) is refused.
//
// Keys sort and compare by their collations, and a page is found by
//
//	a >= x AND (a > x OR (a = x AND b > y))
//
// which both servers search an index with; a comparison of rows they test on
// every entry. An ENUM sorts by the position of its value.
//
// Reading connections are in read-only transactions, one for each statement.
// Writes have connections of their own. A transaction that writes reads what
// was committed (READ COMMITTED), and reads the rows that it is about to change
// with FOR UPDATE: from then on until it ends nobody else changes them, and the
// gaps between rows are not locked, so that two people who add rows do not block
// each other. Where the server logs statements, which forbids that, it is
// REPEATABLE READ with the same locks. A snapshot is a transaction WITH
// CONSISTENT SNAPSHOT, READ ONLY. DDL commits implicitly, on both servers: in a
// console it ends an open transaction.
//
// When a context is canceled, the server is told to end the statement, through
// another connection; the session and its transaction go on. If that cannot be
// told, or has no effect within seconds, the connection is closed.
//
// A database that is opened read-only is of a type without methods that write.
// Its console runs a statement only if the server takes it for a query that can
// stand within another, or if it begins with a word that can only show
// something; and that in a transaction that is READ ONLY, in which the server
// refuses to write. So procedures, blocks, SET and USE cannot be run there. What
// is not prevented: a stored function that somebody has made before and that
// writes a file or sets a variable of the server, which no transaction holds.
//
// What it cannot do well: a page of a view takes time in proportion to the rows
// before it; of a key with columns in opposite orders, or of which the index
// holds a part, the rows are sorted for each page; and of a key that begins with
// an ENUM, the index is read from its beginning.
package mysql
