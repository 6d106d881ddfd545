package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
)

// Row is one target and what came of it.
type Row struct {
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

// LimitName is the peer of a target that is a number.
const LimitName = "limit"

// Judge returns a row for each target whose peers took part, and which asks
// for nothing that the rows of earlier works, which are given, do not tell.
func Judge(r *Result, earlier []Row) []Row {
	var rows []Row
	for _, t := range r.Targets {
		if t.as != "" {
			i := slices.IndexFunc(earlier, func(x Row) bool { return x.Work == t.as && x.PeerName() == t.peers[0] })
			if i < 0 {
				continue
			}
			t.bound = Round(t.bound * earlier[i].Ratio)
		}
		peer, figure, ok := r.opponent(t)
		if !ok || !r.has(r.Ours) {
			continue
		}
		x := Row{Work: r.Work, Ours: Round(r.Median(r.Ours)), LMDB: Round(figure), Unit: r.Unit.Name, Target: t.bound, AtMost: t.atMost}
		if peer != "lmdb" {
			x.Peer = peer
		}
		x.Ratio = ratio(r.Median(r.Ours), figure, r.Unit.Higher || t.atMost)
		x.Met = t.met(x.Ratio)
		x.Ratio = Round(x.Ratio)
		rows = append(rows, x)
	}
	return rows
}

// opponent returns the best of a target's peers and its figure.
func (r *Result) opponent(t Target) (peer string, figure float64, ok bool) {
	if len(t.peers) == 0 {
		return LimitName, t.limit, true
	}
	for _, label := range t.peers {
		if !r.has(label) {
			continue
		}
		x := r.Median(label)
		if !ok || r.Unit.Higher == (x > figure) {
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

// Round keeps four digits, which is more than the measurements are worth.
func Round(x float64) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}

// PeerName returns what the row's second figure is of.
func (r *Row) PeerName() string {
	if r.Peer == "" {
		return "lmdb"
	}
	return r.Peer
}

// Goal returns the target with its direction.
func (r *Row) Goal() string {
	if r.AtMost {
		return "<= " + Number(r.Target)
	}
	return ">= " + Number(r.Target)
}

// Verdict is how a row ended, in a word.
func (r *Row) Verdict() string {
	if r.Met {
		return "met"
	}
	return "MISSED"
}

// Number formats a figure with three digits.
func Number(x float64) string {
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

// Table formats rows for a terminal.
func Table(rows []Row) string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "work\tours\tpeer\t\tunit\tratio\ttarget\t")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			r.Work, Number(r.Ours), Number(r.LMDB), r.PeerName(), r.Unit, Number(r.Ratio), r.Goal(), r.Verdict())
	}
	_ = w.Flush() // a buffer takes everything
	return b.String()
}

// Missed returns the rows whose target was Missed.
func Missed(rows []Row) []Row {
	var out []Row
	for _, r := range rows {
		if !r.Met {
			out = append(out, r)
		}
	}
	return out
}

func WriteJSON(path string, rows []Row) error {
	text, err := json.MarshalIndent(rows, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
