package tui

import (
	"testing"
	"time"

	"github.com/rowan-db/rowan/store"
)

// TestDropAsksForTheTable checks that a table goes only once its name is typed
// below what is in it.
func TestDropAsksForTheTable(t *testing.T) {
	u := start(t)
	u.open("orders")
	u.Press(":").Type("drop-table orders").Press("enter")
	u.See("Drop orders", `orders has 300 rows, from ("ada",1) to ("eve",60)`, "gone for good", "Type orders to go on")
	u.wait(time.Second).Press("enter").See("type orders first").Press("esc")
	if _, err := store.New(own{u.shop}).Table(t.Context(), "orders"); err != nil {
		t.Fatalf("dropped without the name: %v", err)
	}
	u.Press(":").Type("drop-table orders").Press("enter")
	u.wait(time.Second).Type("orders").Press("enter").See("Dropped orders.", "No table is open").Miss("▸ orders")
	if _, err := store.New(own{u.shop}).Table(t.Context(), "orders"); store.KindOf(err) != store.NoTable {
		t.Errorf("the table is there still: %v", err)
	}
}

func TestDropIsRefused(t *testing.T) {
	u := start(t).editStatus("void")
	u.Press(":").Type("drop-table orders").Press("enter").See("Blocked: changes of orders are staged")
	u.Press(":").Type("drop-table empty").Press("enter").See("empty has no rows.").Press("esc")
	u.Press(":").Type("drop-table none").Press("enter").See("none")
	if _, err := store.New(own{u.shop}).Table(t.Context(), "empty"); err != nil {
		t.Errorf("dropped: %v", err)
	}
	g, _ := guarded(t)
	g.Press(":").Type("drop-table orders").Press("enter").See("Blocked: prod-eu is a production database")
}

// TestDropAfterTheTime checks that a question that was answered too late drops
// nothing.
func TestDropAfterTheTime(t *testing.T) {
	u, _ := guarded(t)
	u.unlock()
	u.Press(":").Type("drop-table orders").Press("enter").See("Type orders to go on")
	u.wait(16 * time.Minute).Type("orders").Press("enter").See("The time to write to prod-eu is over")
	if _, err := store.New(own{u.shop}).Table(t.Context(), "orders"); err != nil {
		t.Errorf("dropped after the time: %v", err)
	}
}
