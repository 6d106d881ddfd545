// Command engine measures the storage engine btree beside LMDB, bbolt, YAKV,
// SQLite, LevelDB, RocksDB and Pebble, and beside what the disk itself needs,
// in interleaved runs, and judges the results by targets.
//
//	go run ./engine                                     # everything, about forty minutes
//	QUICK=1 go run ./engine                             # fewer records, less than two minutes
//	go run ./engine -work 'random get' -peers lmdb      # one work, nothing is written
//
// It prints a table, writes results/engine.json and docs/BENCHMARKS.md, and
// ends with code 1 when a target was missed. It runs on Linux, with gcc and
// cargo; as root it installs what else it needs from Debian's packages, and
// otherwise says what to install.
//
// # What makes the comparison fair
//
// Every engine is a process of its own, in the language that it is made for:
// LMDB, SQLite, LevelDB and RocksDB in C, YAKV in Rust, the rest in Go, so that
// no call between languages is measured. Each measures the time of its own
// loop. All read the same files of numbers, which say the order, and make the
// same keys and values of them; what they read is summed up and the sums must
// agree.
//
// Engines take turns, A B C A B C, so that what else the machine does hits all
// of them; the first round warms up and does not count; medians are compared.
// Between its turns a process is stopped. Work in the background (checkpoints,
// compaction) therefore neither disturbs others nor is done for nothing: it
// goes on in the engine's own next turn, as it does under steady load.
//
// Before each measurement that takes much memory, half a gigabyte is warmed by a
// file that is written and removed, so that memory is as on a machine in use: a
// virtual machine may give free memory back to its host, and how cold it has
// become by an engine's turn would otherwise decide more than the engine does.
//
// Durability is the same in each work. "Without fsync" is MDB_NOSYNC for LMDB,
// NoSync for bbolt, Pebble and btree, nosync for YAKV, synchronous=OFF for
// SQLite, sync=false for LevelDB and RocksDB; durable transactions are each
// engine's default (SQLite: WAL with synchronous=FULL). The floor is the bytes
// of the keys and values appended to a preallocated file, and one fdatasync;
// without fsync, the bytes alone, written to a new file in pieces of 2 MB.
//
// LMDB may have its best ways: MDB_APPEND for sequential puts, a cursor for
// deleting a range, a map of 256 GB so that it never grows. WRITEMAP is off, as
// it is by default: with it a stray pointer damages the file. Compression is
// off everywhere. LevelDB, RocksDB and Pebble have 64 MB of write buffer, 256
// MB of block cache and a Bloom filter; SQLite has 256 MB of cache and mapped
// files, YAKV its default of 1 GB. A transaction of a log-structured engine is one batch. bbolt
// fills a tree in transactions of 10,000, because a single one would take
// quadratic time.
//
// What it does not show: files larger than memory, many writers, other disks.
// The page cache is warm in everything that reads.
package main
