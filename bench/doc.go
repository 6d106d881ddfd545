// Command bench measures rowan on a table of a million rows, and beside it, in
// the same run and in turns with it, what people would use otherwise: the
// sqlite3 program, and SQLite behind the same store.
//
// It prints medians and ratios, and as JSON with -json. It asserts nothing: a
// number from one machine says little, two from the same run say something.
// README.md says how to read them. It is a module of its own, so that what it
// needs stays out of the program.
//
// It runs on Linux, whose /proc tells what a process has used, with tmux and
// sqlite3.
package main
