// Package transfer writes rows out: those of a table, a view or a result, in the
// formats that other programs read.
//
// It guarantees that
//
//   - rows are written as they come, so that memory does not depend on how many
//     there are;
//   - CSV, TSV, JSON, JSON lines and SQL tell NULL, the empty text and the word
//     NULL apart, and hold every value to its last digit and byte;
//   - a file is there when it is complete, and never before: one that was there
//     stays until then.
//
// It does not promise that Markdown can be read back, nor that the SQL of one
// database is that of another.
package transfer
