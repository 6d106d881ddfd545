package main

import (
	"strconv"

	"github.com/rowan-db/rowan/bench/compare"
)

// What is measured of the engine itself: against a limit, or against itself
// under other conditions.

var (
	perSecond = unit{Unit: compare.Unit{Name: "1/s", Higher: true}, of: func(a answer) float64 { return a["ops"] / a["ns"] * 1e9 }}
	p99       = unit{Unit: compare.Unit{Name: "ns"}, of: func(a answer) float64 { return a["p99"] }}
	rate      = unit{Unit: compare.Unit{Name: "MB/s", Higher: true}, of: func(a answer) float64 { return a["bytes"] / a["ns"] * 1e3 }}
	allocs    = unit{Unit: compare.Unit{Name: "allocations"}, of: func(a answer) float64 { return a["allocs"] / a["ops"] }}
)

// own is an entrant of our engine.
func own(label string, run ...string) entrant { return entrant{label: label, engine: ours, run: run} }

// small is our engine with options that bound its memory more than by default.
func small(run ...string) entrant {
	return entrant{label: ours, engine: "btree-small", run: run}
}

func ownGroups() []group {
	return []group{concurrencyGroup(), allocationGroup(), openGroup(), replayGroup(), compactGroup(), memoryGroup()}
}

func concurrencyGroup() group {
	return group{
		name:    "Concurrency",
		note:    `The engine beside itself: 16 goroutines beside one, and a reader beside a writer that commits single puts without a pause. A reader begins a transaction for every 64 gets.`,
		data:    dataKind{"4", "100"},
		prepare: []string{"fresh nosync", "put {spaced} {n} {n}", "close", "open sync"},
		works: []work{
			{
				name: "16 goroutines committing single puts", unit: perSecond,
				entrants: []entrant{own(ours, "commit {random} 3200 16"), own("one goroutine", "commit {random} 200 1")},
				targets:  []compare.Target{compare.AtLeast(8, "one goroutine")},
			},
			{
				name: "reading beside a writer", unit: perSecond,
				entrants: []entrant{own(ours, "read {spaced} 500 writer"), own("no writer", "read {spaced} 500 alone")},
				targets:  []compare.Target{compare.AtLeast(0.9, "no writer")},
			},
			{
				name: "p99 of a get beside a writer", unit: p99,
				entrants: []entrant{own(ours, "latency {spaced} 500 writer"), own("no writer", "latency {spaced} 500 alone")},
				targets:  []compare.Target{compare.AtMost(2, "no writer")},
			},
		},
	}
}

func allocationGroup() group {
	return group{
		name:    "Allocations",
		note:    `Counted by the runtime over many operations in one transaction, divided by them. A limit of 0.001 stands for none: what a transaction allocates once is in it.`,
		data:    dataKind{"4", "100"},
		prepare: load,
		works: []work{
			{name: "allocations of a get", unit: allocs, entrants: []entrant{own(ours, "allocs get {other} {n}")}, targets: []compare.Target{compare.Within(0.001)}},
			{name: "allocations of a cursor's step", unit: allocs, entrants: []entrant{own(ours, "allocs step {other} {n}")}, targets: []compare.Target{compare.Within(0.001)}},
			{name: "allocations of a put", unit: allocs, entrants: []entrant{own(ours, "allocs put {other} {n}")}, targets: []compare.Target{compare.Within(0.01)}},
		},
	}
}

func openGroup() group {
	return group{
		name:    "Opening",
		note:    `A file of a gigabyte (fewer records in a quick run), closed cleanly, in the page cache: from the call that opens it to the first value.`,
		data:    dataKind{"8", "1000"},
		prepare: []string{"fresh nosync", "put {seq} {n} {n} append", "close"},
		works: []work{{
			name: "open to the first get", unit: unit{Unit: compare.Unit{Name: "us"}, of: func(a answer) float64 { return a["ns"] / 1e3 }},
			entrants: with("first sync 77", ours, "lmdb"),
			targets:  []compare.Target{compare.Within(1000)},
		}},
	}
}

// memoryLimit is what the options of btree-small allow, in megabytes: 64 MiB of
// cache and as much of write buffer.
const memoryLimit = 128 << 20 / 1e6

func replayGroup() group {
	return group{
		name:    "Recovery",
		note:    `A tree of all records, then 250,000 more in durable transactions of 100; a copy of the file, made while it is open, is opened as after a crash. The rate counts the bytes of keys and values that were committed.`,
		data:    dataKind{"4", "100"},
		prepare: []string{"fresh nosync", "put {spaced} {n} {n}", "close", "open sync"},
		works: []work{{
			name: "replay of the log", unit: rate, warm: true, entrants: []entrant{own(ours, "crash {random} 250000 100", "recover")},
			targets: []compare.Target{compare.Reaching(300)},
		}},
	}
}

func memoryGroup() group {
	const note = `The most memory of its own that the process took, apart from pages of files that the system maps, beside what its options allow, which are set to 64 MiB of cache and 64 MiB of write buffer here: of one transaction that puts all of a file that is much larger, in random order, and of a scan of it.`
	return group{
		name: "Memory", note: note, data: dataKind{"8", strconv.Itoa(bytesOfBig)}, scale: gigabytes, whole: true,
		works: []work{
			{
				name: "memory of a large transaction", unit: megabytes, once: true, before: []string{"fresh nosync"},
				entrants: []entrant{small("memory put {perm} {n}")},
				targets:  []compare.Target{compare.Within(memoryLimit)},
			},
			{
				name: "memory of a large scan", unit: megabytes, once: true,
				entrants: []entrant{small("memory scan {perm} {n}")},
				targets:  []compare.Target{compare.Within(memoryLimit)},
			},
		},
	}
}

func compactGroup() group {
	return group{
		name: "Compaction",
		note: `Nine of ten keys deleted at random, then compacted, beside a new file that has the rest loaded in order.`,
		data: dataKind{"4", "100"},
		works: []work{{
			name: "size after deleting 90 % and compacting", unit: megabytes, once: true,
			entrants: []entrant{
				own(ours, "fresh nosync", "put {perm} {n} {n}", "delete {other} {most}", "compact", "close", "size"),
				own("bulk load", "fresh nosync", "load {left} {tenth}", "close", "size"),
			},
			targets: []compare.Target{compare.AtMost(1.05, "bulk load")},
		}},
	}
}

// largeGroups measure more records than fit any cache of the processor.
func largeGroups() []group {
	const note = `The same ratios with many more records; the target is the ratio at the smaller number, but for 5 % of noise.`
	return []group{{
		name: "Large", note: note, data: dataKind{"16", "100"}, scale: many, whole: true,
		works: []work{
			{
				name: "random put, large", unit: nanoseconds, once: true, before: []string{"fresh nosync"}, warm: true,
				entrants: with("put {perm} {n} {n}", ours, "lmdb"),
				targets:  []compare.Target{compare.NoWorse("random put, 16+100", "lmdb")},
			},
			{
				name: "random get, large", unit: nanoseconds,
				entrants: with("get {other} {tenth}", ours, "lmdb"),
				targets:  []compare.Target{compare.NoWorse("random get, 16+100", "lmdb")},
			},
		},
	}}
}
