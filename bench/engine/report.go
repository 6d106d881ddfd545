package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

// row is one target and what came of it.
type row struct {
	Work string  `json:"work"`
	Ours float64 `json:"ours"`
	// LMDB is the figure of what ours is compared with: LMDB's, unless Peer
	// names another.
	LMDB float64 `json:"lmdb"`
	Peer string  `json:"peer,omitempty"`
	Unit string  `json:"unit"`
	// Ratio is how many times as good ours is, or, where the target is a
	// maximum, how many times the peer's figure it is.
	Ratio  float64 `json:"ratio"`
	Target float64 `json:"target"`
	// AtMost says that the target is a maximum.
	AtMost bool `json:"at_most,omitempty"`
	Met    bool `json:"met"`
}

// limitName is the peer of a target that is a number.
const limitName = "limit"

// judge returns a row for each target whose peers took part, and which asks
// for nothing that the rows of earlier works, which are given, do not tell.
func judge(r *result, earlier []row) []row {
	var rows []row
	for _, t := range r.work.targets {
		if t.as != "" {
			i := slices.IndexFunc(earlier, func(x row) bool { return x.Work == t.as && x.peerName() == t.peers[0] })
			if i < 0 {
				continue
			}
			t.bound = round(t.bound * earlier[i].Ratio)
		}
		peer, figure, ok := r.opponent(t)
		if !ok || !r.has(ours) {
			continue
		}
		x := row{Work: r.work.name, Ours: round(r.median(ours)), LMDB: round(figure), Unit: r.work.unit.name, Target: t.bound, AtMost: t.atMost}
		if peer != "lmdb" {
			x.Peer = peer
		}
		x.Ratio = ratio(r.median(ours), figure, r.work.unit.higher || t.atMost)
		x.Met = t.met(x.Ratio)
		x.Ratio = round(x.Ratio)
		rows = append(rows, x)
	}
	return rows
}

// opponent returns the best of a target's peers and its figure.
func (r *result) opponent(t target) (peer string, figure float64, ok bool) {
	if len(t.peers) == 0 {
		return limitName, t.limit, true
	}
	for _, label := range t.peers {
		if !r.has(label) {
			continue
		}
		x := r.median(label)
		if !ok || r.work.unit.higher == (x > figure) {
			peer, figure, ok = label, x, true
		}
	}
	return peer, figure, ok
}

func ratio(own, peer float64, ownFirst bool) float64 {
	if ownFirst {
		return own / peer
	}
	return peer / own
}

func (t target) met(ratio float64) bool {
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

// round keeps four digits, which is more than the measurements are worth.
func round(x float64) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}

// peerName returns what the row's second figure is of.
func (r *row) peerName() string {
	if r.Peer == "" {
		return "lmdb"
	}
	return r.Peer
}

// goal returns the target with its direction.
func (r *row) goal() string {
	if r.AtMost {
		return "<= " + number(r.Target)
	}
	return ">= " + number(r.Target)
}

// verdict is how a row ended, in a word.
func (r *row) verdict() string {
	if r.Met {
		return "met"
	}
	return "MISSED"
}

// number formats a figure with three digits.
func number(x float64) string {
	switch a := math.Abs(x); {
	case x == math.Trunc(x) && a < 1000:
		return fmt.Sprintf("%.0f", x)
	case a >= 100:
		return fmt.Sprintf("%.0f", x)
	case a >= 10:
		return fmt.Sprintf("%.1f", x)
	case a >= 1:
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

// table formats rows for a terminal.
func table(rows []row) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "work\tours\tpeer\t\tunit\tratio\ttarget\t")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			r.Work, number(r.Ours), number(r.LMDB), r.peerName(), r.Unit, number(r.Ratio), r.goal(), r.verdict())
	}
	_ = w.Flush() // a buffer takes everything
	return b.String()
}

// figures formats the medians of all entrants of results.
func figures(results []*result) string {
	var b strings.Builder
	group := ""
	for _, r := range results {
		if r.group.name != group {
			group = r.group.name
			fmt.Fprintf(&b, "\n%s (%s)\n", group, r.group.data)
		}
		fmt.Fprintf(&b, "  %-34s %-5s", r.work.name, r.work.unit.name)
		for _, e := range r.work.entrants {
			fmt.Fprintf(&b, "  %s %s", e.label, number(r.median(e.label)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// missed returns the rows whose target was missed.
func missed(rows []row) []row {
	var out []row
	for _, r := range rows {
		if !r.Met {
			out = append(out, r)
		}
	}
	return out
}

func writeJSON(path string, rows []row) error {
	text, err := json.MarshalIndent(rows, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
