// Package sqlrows is what relational databases share: it turns the reads and
// writes of package driver into SQL, over nothing but database/sql. What
// differs between databases is asked of a [Dialect].
//
// It guarantees that
//
//   - a page is found by its key, never by counting rows that come before it
//     (a table without any identity, [driver.Position], is the exception);
//   - every column in a condition is qualified by its table and every value is
//     an argument, so that neither a name nor a value can become syntax;
//   - a statement that writes one row by its key writes exactly one, or
//     everything is undone;
//   - a row is compared with a change's Base in the transaction that writes it.
//
// It does not open connections, read catalogs or know error codes: a backend
// does. It does not keep statements prepared: a driver's own cache does.
package sqlrows
