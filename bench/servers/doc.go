// Command servers measures rowan on database servers beside the bare driver
// that it uses, doing the same, in turns.
//
//	go run ./servers                  # PostgreSQL, MariaDB and Redis, a million rows each
//	QUICK=1 go run ./servers          # fewer rows and tables
//	go run ./servers -only postgres
//
// It starts each server from the machine's own programs, on a free port and
// with data that is thrown away, fills a table, and compares medians: of a page
// of 1000 rows near the end of the table, of reading all of it, and of a row by
// its key. Rowan may take 1.2 times the driver's time. It reads through package
// store, as its screens do; the driver's side scans the same columns of the
// same rows into a slice of structs. In Redis the table is one of rowan's own: a
// sorted set of keys and a hash of rows, both encoded. There the driver's side
// decodes what it gets into the same structs, as a program without rowan would
// have to, for bytes are no rows.
//
// It then fills the catalogue with 10,000 tables, and counts the round trips,
// through a proxy, from a new connection's request for a table to its first rows:
// two at most.
//
// It writes results/servers.json, whose fields are those of engine.json, and
// ends with code 1 when a target was missed. The servers do not sync to disk:
// only reading is measured.
package main
