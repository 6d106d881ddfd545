package main

import (
	"fmt"
	"slices"

	"github.com/rowan-db/rowan/bench/compare"
)

// The engines that take part where all do.
var everyone = []string{ours, "lmdb", "bbolt", "pebble", "sqlite", "yakv", "leveldb", "rocksdb"}

// logStructured are the peers to beat where transactions are durable.
var logStructured = []string{"leveldb", "rocksdb", "pebble"}

// allGroups returns everything that is measured. Names of works are unique.
func allGroups() []group {
	return slices.Concat(
		[]group{
			putGroup(),
			readGroup(),
			durableGroup(),
			deleteGroup(),
			sizeGroup(),
			shapeGroup("8+8", dataKind{"8", "8"}, usual),
			shapeGroup("16+100", dataKind{"16", "100"}, usual),
			shapeGroup("shared prefix", dataKind{"user", "16"}, usual),
			shapeGroup("long values", dataKind{"user", "10-4000"}, fewer),
		},
		ownGroups(), seedGroups(), largeGroups(),
	)
}

func putGroup() group {
	return group{
		name: "Put",
		data: dataKind{"4", "100"},
		works: []work{
			{
				name: "sequential put", unit: nanoseconds, before: []string{"fresh nosync"}, warm: true,
				entrants: with("put {seq} {n} {n} append", append(slices.Clone(everyone), "floor")...),
				targets:  []compare.Target{compare.AtLeast(3, "lmdb")},
			},
			{
				name: "random put", unit: nanoseconds, before: []string{"fresh nosync"}, warm: true,
				entrants: with("put {perm} {n} {n}", append(slices.Clone(everyone), "floor")...),
				targets:  []compare.Target{compare.AtLeast(7, "lmdb")},
			},
		},
	}
}

// load fills a store in random order.
var load = []string{"fresh nosync", "put {perm} {n} {n}"}

func readGroup() group {
	return group{
		name:    "Read",
		data:    dataKind{"4", "100"},
		prepare: load,
		works: []work{
			{
				name: "random get", unit: nanoseconds,
				entrants: with("get {other} {quarter}", everyone...),
				targets:  []compare.Target{compare.AtLeast(3, "lmdb")},
			},
			{
				name: "random get, batched", unit: nanoseconds,
				entrants: with("getmany {other} {quarter}", ours, "lmdb"),
				targets:  []compare.Target{compare.AtLeast(8, "lmdb")},
			},
			{
				name: "scan forward", unit: nanoseconds,
				entrants: with("scan", everyone...),
				targets:  []compare.Target{compare.AtLeast(4, "lmdb")},
			},
			{
				name: "scan backward", unit: nanoseconds,
				entrants: with("back", everyone...),
				targets:  []compare.Target{compare.AtLeast(2, "lmdb")},
			},
		},
	}
}

// durableGroup measures transactions of random keys into a tree that has n.
func durableGroup() group {
	g := group{
		name:    "Durable transactions",
		data:    dataKind{"4", "100"},
		prepare: []string{"fresh nosync", "put {spaced} {n} {n}", "close", "open sync"},
	}
	for _, c := range []struct {
		size, count int
		lmdb        float64
	}{
		{1, 200, 0}, {10, 100, 5}, {100, 40, 10}, {1000, 10, 8}, {10000, 4, 5},
	} {
		w := work{
			name:     fmt.Sprintf("durable transaction of %d", c.size),
			unit:     microsEach(c.size),
			entrants: with(fmt.Sprintf("put {random} %d %d", c.size*c.count, c.size), append(slices.Clone(everyone), "btree-cow", "yakv-wal", "floor")...),
		}
		if c.size == 1 {
			w.targets = append(w.targets, compare.AtMost(1.1, "floor"), compare.Ahead("lmdb"))
		} else {
			w.targets = append(w.targets, compare.AtLeast(c.lmdb, "lmdb"))
		}
		w.targets = append(w.targets, compare.Ahead(logStructured...))
		g.works = append(g.works, w)
	}
	return g
}

func deleteGroup() group {
	return group{
		name: "Delete",
		data: dataKind{"4", "100"},
		works: []work{
			{
				name: "random delete", unit: nanoseconds, before: load, warm: true,
				entrants: with("delete {other} {half}", ours, "lmdb", "bbolt", "yakv", "pebble"),
				targets:  []compare.Target{compare.AtLeast(5, "lmdb")},
			},
			{
				name: "delete a range of half", unit: unit{Unit: compare.Unit{Name: "us"}, of: func(a answer) float64 { return a["ns"] / 1e3 }}, before: load,
				entrants: with("cut {quarter} {threequarters}", ours, "lmdb", "rocksdb", "pebble"),
				targets:  []compare.Target{compare.AtLeast(1000, "lmdb")},
			},
		},
	}
}

func sizeGroup() group {
	return group{
		name:    "File size",
		data:    dataKind{"4", "100"},
		prepare: load,
		works: []work{
			{
				name: "size after random inserts", unit: megabytes, once: true,
				entrants: with("size", ours, "lmdb", "bbolt", "sqlite", "yakv"),
				targets:  []compare.Target{compare.AtMost(0.75, "lmdb")},
			},
			{
				name: "size after 5 overwrites", unit: megabytes, once: true,
				before: []string{
					"put {other} {n} {n}", "put {perm} {n} {n}", "put {other} {n} {n}", "put {perm} {n} {n}", "put {other} {n} {n}",
				},
				entrants: with("size", ours, "lmdb", "bbolt", "sqlite", "yakv"),
				targets:  []compare.Target{compare.AtMost(0.6, "lmdb")},
			},
		},
	}
}

// shapeGroup measures the basic works with other records.
func shapeGroup(name string, d dataKind, s scale) group {
	named := func(work string) string { return work + ", " + name }
	g := group{
		name:    "Other records: " + name,
		data:    d,
		scale:   s,
		prepare: load,
		works: []work{
			{
				name: named("sequential put"), unit: nanoseconds, before: []string{"fresh nosync"}, warm: true,
				entrants: with("put {seq} {n} {n} append", ours, "lmdb"),
				targets:  []compare.Target{compare.Ahead("lmdb")},
			},
			{
				name: named("random put"), unit: nanoseconds, before: []string{"fresh nosync"}, warm: true,
				entrants: with("put {perm} {n} {n}", ours, "lmdb"),
				targets:  []compare.Target{compare.Ahead("lmdb")},
			},
			{
				name: named("random get"), unit: nanoseconds,
				entrants: with("get {other} {quarter}", ours, "lmdb"),
				targets:  []compare.Target{compare.Ahead("lmdb")},
			},
			{
				name: named("scan forward"), unit: nanoseconds,
				entrants: with("scan", ours, "lmdb"),
				targets:  []compare.Target{compare.Ahead("lmdb")},
			},
			{
				name: named("scan backward"), unit: nanoseconds,
				entrants: with("back", ours, "lmdb"),
				targets:  []compare.Target{compare.Ahead("lmdb")},
			},
		},
	}
	if d.key == "16" { // whose order is not that of numbers
		g.works = g.works[1:]
	}
	return g
}
