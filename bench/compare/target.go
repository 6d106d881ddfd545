package compare

import "math"

// Unit says what figures of a result are in, and which are better.
type Unit struct {
	Name   string
	Higher bool // is better
}

// Target is what ours must reach against a peer, the best of several, or a
// number. It is made by the functions below.
type Target struct {
	peers  []string // labels; none for the limit
	limit  float64  // in the result's unit
	bound  float64  // of the ratio
	as     string   // the work whose ratio to the same peer the bound is a part of
	atMost bool     // the ratio is ours divided by the peer's, and must not exceed the bound
	above  bool     // the ratio must exceed the bound, not only reach it
}

// AtLeast asks for ours to be so many times as good as the peer.
func AtLeast(bound float64, peer string) Target {
	return Target{peers: []string{peer}, bound: bound}
}

// Ahead asks for ours to be better than each of the peers.
func Ahead(peers ...string) Target { return Target{peers: peers, bound: 1, above: true} }

// AtMost asks for ours not to exceed so many times the peer's figure.
func AtMost(bound float64, peer string) Target {
	return Target{peers: []string{peer}, bound: bound, atMost: true}
}

// Within asks for ours not to exceed a number.
func Within(limit float64) Target { return Target{limit: limit, bound: 1, atMost: true} }

// Reaching asks for ours to reach a number.
func Reaching(limit float64) Target { return Target{limit: limit, bound: 1} }

// NoWorse asks for the ratio to a peer to be that of another work, but for the
// noise of a run.
func NoWorse(as, peer string) Target { return Target{peers: []string{peer}, as: as, bound: 0.95} }

// Peers returns the labels that ours is compared with, none if it is compared
// with a number.
func (t Target) Peers() []string { return t.peers }

func (t Target) met(ratio float64) bool {
	switch {
	case math.IsNaN(ratio):
		return false
	case t.atMost:
		return ratio <= t.bound
	case t.above:
		return ratio > t.bound
	}
	return ratio >= t.bound
}
