package grid

import "testing"

func TestLastRowIsASeek(t *testing.T) {
	w := newWorld(t, newOrders(t, 5000), 80, 24).open("orders")
	w.See("c00000").Press("G").See("c00499", "row 1 from the end").Press("g").See("row 1 of")
}
