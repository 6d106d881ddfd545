package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/rowan-db/rowan/bench/compare"
)

// document returns docs/BENCHMARKS.md.
func (c *config) document(results []*result, rows []compare.Row, about []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks of the storage engine

Written by `+"`make bench-engine`"+`; do not edit. Each number is the median of %d runs of %d records, in which the engines
took turns. Another machine has other numbers: what says something are the ratios of one run. How the comparison is kept
fair, and what it does not show, is said at the top of bench/engine/doc.go.

`, c.runs, c.n)
	for _, line := range about {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	b.WriteString("\n## Targets\n\n")
	b.WriteString("A ratio says how many times as good btree is as its peer, or, where the target is a maximum (<=), how many times the\npeer's figure its own is. A limit is a number that was set, and so was its target of 1.\n\n")
	writeRows(&b, rows)
	writeMisses(&b, compare.Missed(rows))
	var last *group
	for i, r := range results {
		if r.group == last {
			continue
		}
		last = r.group
		end := i
		for end < len(results) && results[end].group == last {
			end++
		}
		writeGroup(&b, last, results[i:end])
	}
	return b.String()
}

func writeRows(b *strings.Builder, rows []compare.Row) {
	b.WriteString("| work | btree | peer | | unit | ratio | target | |\n| --- | ---: | ---: | --- | --- | ---: | ---: | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
			r.Work, compare.Number(r.Ours), compare.Number(r.LMDB), title(r.PeerName()), r.Unit, compare.Number(r.Ratio), r.Goal(), r.Verdict())
	}
}

func writeMisses(b *strings.Builder, rows []compare.Row) {
	b.WriteString("\n## Missed\n\n")
	if len(rows) == 0 {
		b.WriteString("Nothing: every target was met in this run.\n")
	}
	for _, r := range rows {
		fmt.Fprintf(b, "- **%s**, beside %s: %s instead of %s.\n", r.Work, title(r.PeerName()), compare.Number(r.Ratio), r.Goal())
	}
}

// writeGroup writes the medians of a group: a row a work, a column an entrant.
func writeGroup(b *strings.Builder, g *group, results []*result) {
	fmt.Fprintf(b, "\n## %s\n\nRecords of %s bytes.", g.name, g.data)
	if g.note != "" {
		fmt.Fprintf(b, " %s", g.note)
	}
	b.WriteString("\n")
	labels := []string{}
	for _, r := range results {
		if got := r.work.labels(); strings.Join(got, " ") != strings.Join(labels, " ") {
			labels = got
			writeHead(b, labels)
		}
		fmt.Fprintf(b, "| %s | %s |", r.work.name, r.work.unit.Name)
		for _, l := range labels {
			fmt.Fprintf(b, " %s |", compare.Number(r.Median(l)))
		}
		b.WriteString("\n")
	}
}

func writeHead(b *strings.Builder, labels []string) {
	b.WriteString("\n| | unit |")
	for _, l := range labels {
		fmt.Fprintf(b, " %s |", title(l))
	}
	b.WriteString("\n| --- | --- |" + strings.Repeat(" ---: |", len(labels)) + "\n")
}

func (w *work) labels() []string {
	var out []string
	for _, e := range w.entrants {
		out = append(out, e.label)
	}
	return out
}

// title returns an entrant's name as people write it.
func title(label string) string {
	for _, e := range allEngines() {
		if e.name == label {
			return e.title
		}
	}
	return label
}

func (c *config) writeDocument(results []*result, rows []compare.Row, about []string) error {
	return os.WriteFile(c.doc, []byte(c.document(results, rows, about)), 0o644)
}
