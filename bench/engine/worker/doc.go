// Package worker measures the engines that are written in Go, each in a
// process of its own, as the harnesses in C and Rust do theirs.
//
// A worker obeys commands, one a line on standard input, and answers each with
// one line on standard output: "ok name=value ..." or "error message". It
// measures time itself, around the work alone. The commands that every engine
// knows, in every language:
//
//	fresh sync|nosync         remove the store and open an empty one
//	open sync|nosync          open the store again
//	close                     close it
//	put FILE N BATCH [append] put the next N numbers of FILE in transactions of BATCH
//	get FILE N                get the next N, each by itself, in one read transaction
//	getmany FILE N            the same with the engine's batched get, if it has one
//	scan, back                read all records in key order, or against it
//	delete FILE N             delete the next N in one transaction
//	cut LO HI                 delete the keys from LO to before HI in one transaction
//	first sync|nosync X       open the store again and get X
//	size                      the bytes of the store's files
//
// FILE holds numbers of 32 bits, little endian. How a number becomes a key and
// a value is said by the kinds of keys and values that the worker is started
// with; it is the same in all languages, and every answer to reading carries a
// sum of what was read, so that whoever compares times can compare that first.
package worker
