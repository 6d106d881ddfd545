package main

import (
	"fmt"
	"strings"

	"github.com/rowan-db/rowan/bench/compare"
)

// figures formats the medians of all entrants of results.
func figures(results []*result) string {
	var b strings.Builder
	group := ""
	for _, r := range results {
		if r.group.name != group {
			group = r.group.name
			fmt.Fprintf(&b, "\n%s (%s)\n", group, r.group.data)
		}
		fmt.Fprintf(&b, "  %-34s %-5s", r.work.name, r.work.unit.Name)
		for _, e := range r.work.entrants {
			fmt.Fprintf(&b, "  %s %s", e.label, compare.Number(r.Median(e.label)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
