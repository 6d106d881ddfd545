package main

import (
	"fmt"

	"github.com/rowan-db/rowan/bench/compare"
)

// The tables of YAKV's own README, in its form: milliseconds for all records,
// durable, with the engines of those tables that can be had.

const seedNote = `As YAKV's README has it: milliseconds for all the records, in durable transactions.`

func seedGroups() []group {
	return []group{
		{
			name: "YAKV's table of 8+8", note: seedNote, data: dataKind{"8", "8"},
			works: []work{
				seedWrite("8+8 seq", "put {seq} {n} {n} append", ours, "yakv", "yakv-wal", "lmdb", "leveldb"),
				seedWrite("8+8 rnd", "put {perm} {n} {n}", ours, "yakv", "yakv-wal", "lmdb", "leveldb"),
			},
		},
		{
			name: "YAKV's table of 4+100", note: seedNote, data: dataKind{"4", "100"}, prepare: load,
			works: []work{
				seedWrite("4+100 seq-write", "put {seq} {n} {n} append", seedEngines...),
				seedWrite("4+100 rnd-write", "put {perm} {n} {n}", seedEngines...),
				{name: "4+100 seq-read", unit: millis, entrants: with("scan", seedEngines...), targets: aheadOfSeed},
				{name: "4+100 rnd-read", unit: millis, entrants: with("get {other} {n}", seedEngines...), targets: aheadOfSeed},
			},
		},
		transactionSizes(),
	}
}

var (
	seedEngines = []string{ours, "yakv", "yakv-wal", "lmdb", "leveldb", "rocksdb"}
	aheadOfSeed = []compare.Target{compare.Ahead("lmdb"), compare.Ahead("yakv", "yakv-wal")}
)

func seedWrite(name, run string, engines ...string) work {
	return work{
		name: name, unit: millis, before: []string{"fresh sync"}, warm: true,
		entrants: with(run, engines...), targets: aheadOfSeed,
	}
}

// transactionSizes is the time of inserting all records in random order, by
// the size of transactions.
func transactionSizes() group {
	g := group{
		name: "YAKV's table of random inserts by the size of transactions",
		note: seedNote + ` btree itself chooses by a transaction's size between its log and copy-on-write; in the second column the log is turned off, so that every commit is by copy-on-write. Each cell was measured once: it is a sum over all commits.`,
		data: dataKind{"4", "100"},
	}
	for _, size := range []int{1_000_000, 100_000, 10_000, 1000, 100} {
		g.works = append(g.works, work{
			name: fmt.Sprintf("inserts by %d", size), unit: millis, once: true,
			before: []string{"fresh sync"}, warm: true,
			entrants: with(fmt.Sprintf("put {perm} {n} %d", size), ours, "btree-cow", "yakv-wal", "yakv", "lmdb"),
			targets:  aheadOfSeed,
		})
	}
	return g
}
