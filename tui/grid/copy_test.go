package grid

import (
	"strings"
	"testing"

	"github.com/rowan-db/rowan/tui/pane"
)

func TestCopyForms(t *testing.T) {
	w := newWorld(t, newOrders(t, 50), 80, 24)
	w.open("orders").Press("j", "l", "l")
	for keys, want := range map[string]string{
		"y":   "paid",
		"Y t": `("c00000",2,"paid",d'1.01',"",7)`,
		"Y j": `{"key":["c00000",2],"columns":{"status":"paid","total":{"$decimal":"1.01"},"note":"","size":7}}`,
		"Y c": `c00000,2,paid,1.01,,7`,
		"Y g": `rowan get demo.rowan orders '("c00000",2)' --json`,
		"Y s": `rowan scan demo.rowan orders`,
	} {
		w.Press(strings.Fields(keys)...)
		if c := last[pane.Copy](t, w.screen); c.Text != want {
			t.Errorf("%s copies %s, want %s", keys, c.Text, want)
		}
	}
	w.Press("Y", "esc", "j")
	w.expect(order(2).Key.String())
	w.Press("space", "space", "Y", "c")
	if c := last[pane.Copy](t, w.screen); c.Text != "c00000,3,void,2.02,\"hi\nthere\",14\nc00000,4,open,3.03,note 3,21" || c.What != "2 rows as csv" {
		t.Errorf("marked rows are copied as %+v", c)
	}
}

func TestWholeValueIsCopied(t *testing.T) {
	w := newWorld(t, newAwkward(t), 80, 24)
	w.open(awkward.Name).run("goto", "10").Press("l", "y")
	if c := last[pane.Copy](t, w.screen); c.Text != strings.Repeat("long ", 250_000) {
		t.Errorf("copied %d bytes", len(c.Text))
	}
}
