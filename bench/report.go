package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// report collects results.
type report struct {
	Rows    int      `json:"rows"`
	System  string   `json:"system"`
	Results []result `json:"results"`
}

// result is one line of the report.
type result struct {
	Group string `json:"group"`
	Name  string `json:"name"`
	Unit  string `json:"unit"`
	// Value is rowan's median or, of what is measured once, its value.
	Value float64 `json:"value"`
	// P95 is the value that 95 % of the samples do not exceed, 0 if there are
	// no samples.
	P95 float64 `json:"p95,omitempty"`
	// Peer is what rowan is compared with, empty if it is with nothing.
	Peer      string  `json:"peer,omitempty"`
	PeerValue float64 `json:"peer_value,omitempty"`
	// Ratio is Value divided by PeerValue.
	Ratio float64 `json:"ratio,omitempty"`
	Note  string  `json:"note,omitempty"`
}

func newReport(rows int) *report {
	return &report{Rows: rows, System: fmt.Sprintf("%s/%s, %d CPUs, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())}
}

func (r *report) add(x result) { r.Results = append(r.Results, x) }

// samples are measured values of one thing.
type samples []float64

// quantile returns the smallest sample that a share q of them does not exceed.
func (s samples) quantile(q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func (s samples) median() float64 { return s.quantile(0.5) }

// against adds a line that compares rowan's samples with another's.
func (r *report) against(group, name, unit string, own samples, peer string, others samples) {
	r.add(result{
		Group: group, Name: name, Unit: unit, Value: own.median(), P95: own.quantile(0.95),
		Peer: peer, PeerValue: others.median(), Ratio: own.median() / others.median(),
	})
}

// String returns the report as a table.
func (r *report) String() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d rows; %s\n", r.Rows, r.System)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	group := ""
	for _, x := range r.Results {
		if x.Group != group {
			group = x.Group
			fmt.Fprintf(w, "\n%s\trowan\tp95\t\tother\tratio\t\n", strings.ToUpper(group))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Name, number(x.Value), number(x.P95), x.Unit, x.peer(), x.ratio(), x.Note)
	}
	_ = w.Flush() // a buffer takes everything
	return b.String()
}

func (x *result) peer() string {
	if x.Peer == "" {
		return ""
	}
	return number(x.PeerValue) + " " + x.Peer
}

func (x *result) ratio() string {
	if x.Peer == "" {
		return ""
	}
	return fmt.Sprintf("%.2f", x.Ratio)
}

// number formats a value with three digits, and 0 as nothing.
func number(v float64) string {
	switch {
	case v == 0:
		return ""
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func (r *report) writeJSON(path string) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
