package main

import (
	"slices"

	"github.com/rowan-db/rowan/bench/compare"
)

// dataKind is the kind of keys and of values, as harnesses name them.
type dataKind struct{ key, value string }

func (d dataKind) String() string {
	if d.key == "user" {
		return "user:00000012:profile + " + d.value
	}
	return d.key + "+" + d.value
}

// group is works over the same store. Each of its engines has one process, in
// which the works are done in turn.
type group struct {
	name    string
	note    string // for the document: what is done, and what to beware of
	data    dataKind
	scale   scale
	whole   bool     // works need those before them: they are measured together
	prepare []string // commands for each engine before anything is measured
	works   []work
}

// scale says how many records a group has.
type scale int

const (
	usual     scale = iota // as many as asked for
	fewer                  // a tenth of that: for records that are large
	many                   // the number of the large works
	gigabytes              // as many as fill the size of the big works
)

// bytesOfBig is the length of the values of the big works.
const bytesOfBig = 1000

// records returns how many records a group has, or 0 if it is not wanted.
func (c *config) records(s scale) int {
	switch s {
	case fewer:
		return c.n / 10
	case many:
		return c.large
	case gigabytes:
		return int(c.big * 1e9 / bytesOfBig)
	}
	return c.n
}

// work is something whose speed, size or other figure is compared.
type work struct {
	name     string
	unit     unit
	entrants []entrant
	before   []string // commands before each run, not measured
	warm     bool     // takes memory to speak of, which is warmed before each run
	once     bool     // long enough to be measured once
	targets  []compare.Target
}

// entrant is who takes part in a work, and the command that is measured.
type entrant struct {
	label  string // the engine's name, or what differs from the others of that engine
	engine string
	run    []string // commands, of which the last one's answer counts
}

// with returns entrants that obey the same command.
func with(run string, engines ...string) []entrant {
	var out []entrant
	for _, e := range engines {
		out = append(out, entrant{label: e, engine: e, run: []string{run}})
	}
	return out
}

// judged reports whether a target compares ours with the entrant.
func (w *work) judged(e entrant) bool {
	return e.label == ours || slices.ContainsFunc(w.targets, func(t compare.Target) bool { return slices.Contains(t.Peers(), e.label) })
}

// unit is how a figure is made of an answer.
type unit struct {
	compare.Unit
	of func(a answer) float64
}

var (
	nanoseconds = unit{Unit: compare.Unit{Name: "ns"}, of: func(a answer) float64 { return a["ns"] / a["ops"] }}
	millis      = unit{Unit: compare.Unit{Name: "ms"}, of: func(a answer) float64 { return a["ns"] / 1e6 }}
	megabytes   = unit{Unit: compare.Unit{Name: "MB"}, of: func(a answer) float64 { return a["bytes"] / 1e6 }}
)

// microsEach is the time of a transaction of size puts.
func microsEach(size int) unit {
	return unit{Unit: compare.Unit{Name: "us"}, of: func(a answer) float64 { return a["ns"] / a["ops"] * float64(size) / 1e3 }}
}

// engines returns the names of the engines that take part in a group.
func (g *group) engines() []string {
	var out []string
	for _, w := range g.works {
		for _, e := range w.entrants {
			if !slices.Contains(out, e.engine) {
				out = append(out, e.engine)
			}
		}
	}
	return out
}

// restrict returns the group with the works that want accepts, and of other
// engines the peers only, or nil if nothing is left.
func (g group) restrict(want func(work string) bool, peers []string) *group {
	all := g.whole && slices.ContainsFunc(g.works, func(w work) bool { return want(w.name) })
	var works []work
	for _, w := range g.works {
		if !all && !want(w.name) {
			continue
		}
		w.entrants = slices.DeleteFunc(slices.Clone(w.entrants), func(e entrant) bool {
			return e.engine != ours && len(peers) > 0 && !slices.Contains(peers, e.engine)
		})
		works = append(works, w)
	}
	if len(works) == 0 {
		return nil
	}
	g.works = works
	return &g
}
