package cli

import (
	"bufio"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/tui/display"
)

func printed(t *testing.T, room int, rows ...[]string) []string {
	t.Helper()
	var text strings.Builder
	w := bufio.NewWriter(&text)
	tab := newTable(rows[0], room)
	for _, r := range rows[1:] {
		if err := tab.add(w, r, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := tab.flush(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
}

// TestTableFits prints a table into each width: a line is never wider, as long
// as each column can keep the least, and what has room is not cut.
func TestTableFits(t *testing.T) {
	rows := [][]string{{"id", "name", "remark"}, {"1", "Zoë 東京 Grace Hopper", strings.Repeat("long ", 30)}}
	natural := 0
	for _, line := range printed(t, 0, rows...) {
		natural = max(natural, display.Width(line))
	}
	least := 2 + len(gap) + minWidth + len(gap) + minWidth
	for room := least; room <= natural+10; room++ {
		lines := printed(t, room, rows...)
		widest := 0
		for _, line := range lines {
			widest = max(widest, display.Width(line))
		}
		if widest > room {
			t.Errorf("in %d cells a line has %d: %q", room, widest, lines)
		}
		if !strings.HasPrefix(lines[1], "1 ") {
			t.Errorf("in %d cells the narrow column is cut: %q", room, lines[1])
		}
		if widest < min(room, natural)-1 { // a wide character may not fit in the last cell
			t.Errorf("in %d cells only %d are used: %q", room, widest, lines)
		}
	}
	if tight := printed(t, 5, rows...); display.Width(tight[0]) < minWidth {
		t.Errorf("without room for anything: %q", tight)
	}
}
