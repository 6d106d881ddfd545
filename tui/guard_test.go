package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
)

// vault is the shop as those see it who may only read it.
type vault struct{ driver.DB }

func (v vault) Info() driver.Info {
	info := v.DB.Info()
	info.ReadOnly = driver.OpenedReadOnly
	return info
}

// own is the shop without its end, so that several stores can have it.
type own struct{ *shop }

func (own) Close() error { return nil }

// guarded starts the program on a production database that can be unlocked. It
// returns the requests to open it.
func guarded(t *testing.T) (*user, *[]Request) {
	t.Helper()
	var asked []Request
	var u *user
	u = start(t, func(o *Options) {
		o.Store = nil
		o.Profiles = []Entry{{Name: "prod-eu", Target: "postgres://db/shop", Environment: "prod"}}
		o.Open = func(_ context.Context, r Request) (*store.Store, Opened, error) {
			asked = append(asked, r)
			opened := Opened{Target: "prod-eu", Name: "prod-eu", Environment: "prod", Color: "red", Unlock: 15 * time.Minute, Journal: "/state/x"}
			if r.Unlock {
				return store.New(own{u.shop}), opened, nil
			}
			opened.Changes = store.NewChangeSet()
			return store.New(vault{own{u.shop}}), opened, nil
		}
	})
	u.Press("enter").See("● prod-eu", "PROD", " RO ")
	return u, &asked
}

// unlock unlocks the database.
func (u *user) unlock() *user {
	u.t.Helper()
	u.Press(":").Type("unlock").Press("enter").See("Type prod-eu to go on")
	u.wait(time.Second).Type("prod-eu").Press("enter").See("prod-eu can be written for 15 min", "RW 15 min")
	return u
}

// status returns that of ada's first order.
func (u *user) status() string {
	u.t.Helper()
	return u.row("orders", adaFirst...).Values[0].AsText()
}

func TestProductionIsReadOnlyUntilUnlocked(t *testing.T) {
	u, asked := guarded(t)
	u.open("orders")
	u.Press("g", "right", "right", "e").See("Blocked: prod-eu is a production database: :unlock allows writing for 15 min.")
	u.Press(":").Type("unlock").Press("enter")
	u.wait(time.Second).Type("prod-us").Press("enter").See("Type prod-eu to go on")
	u.Press("esc").See(" RO ")
	if len(*asked) != 1 {
		t.Errorf("a wrong name opened it: %v", *asked)
	}
	u.unlock().editStatus("void")
	u.Press("ctrl+s")
	u.wait(time.Second).Press("ctrl+s").See("Committed 1 change.")
	if got := u.status(); got != "void" {
		t.Errorf("the status is %s", got)
	}
	u.Press(":").Type("lock").Press("enter").See("prod-eu is locked", " RO ")
	u.Press("e").See("Blocked: prod-eu is a production database")
	if want := (Request{Target: "prod-eu", Unlock: true}); len(*asked) != 2 || (*asked)[1] != want {
		t.Errorf("it was opened with %+v", *asked)
	}
}

// TestUnlockingEnds lets the time pass, with and without ticks of the clock.
func TestUnlockingEnds(t *testing.T) { synctest.Test(t, testUnlockingEnds) }

func testUnlockingEnds(t *testing.T) {
	u, _ := guarded(t)
	u.unlock()
	u.wait(time.Minute).Tick().See("RW 14 min")
	u.wait(13*time.Minute + 10*time.Second).Tick().See("RW 50 s")
	u.wait(time.Minute).Tick().See("The time to write to prod-eu is over: it is locked again.", " RO ").Miss("RW")
	u.open("orders")
	u.Press("g", "right", "right", "e").See("Blocked: prod-eu is a production database")
	u.unlock()
	u.wait(16 * time.Minute).Tick().See(" RO ")
}

// TestUnlockingEndsDuringReview checks that a commit after the time writes
// nothing and loses nothing, even if no tick came in between.
func TestUnlockingEndsDuringReview(t *testing.T) {
	u, _ := guarded(t)
	u.unlock().editStatus("void")
	u.Press("ctrl+s").See("Review 1 change")
	u.wait(16*time.Minute).Press("ctrl+s").See("The time to write to prod-eu is over: 1 change is staged, and kept.", "Review 1 change")
	if got := u.status(); got != "open" {
		t.Fatalf("it was written after the time: %s", got)
	}
	u.Press("ctrl+s").See("Blocked: prod-eu is a production database")
	u.Press("esc").See("1 staged ~1")
	u.unlock()
	u.Press("ctrl+s")
	u.wait(time.Second).Press("ctrl+s").See("Committed 1 change.")
	if got := u.status(); got != "void" {
		t.Errorf("the status is %s", got)
	}
}

// TestCommitMayOutlastTheTime checks that a commit that was begun in time is
// not cut off, and that the database is locked after it.
func TestCommitMayOutlastTheTime(t *testing.T) { synctest.Test(t, testCommitMayOutlastTheTime) }

func testCommitMayOutlastTheTime(t *testing.T) {
	u, _ := guarded(t)
	u.unlock().editStatus("void")
	u.Press("ctrl+s")
	held := u.wait(time.Second).Hold("ctrl+s")
	u.wait(16 * time.Minute).Tick().See("committing")
	u.Run(held).See(" RO ")
	if got := u.status(); got != "void" {
		t.Errorf("the status is %s", got)
	}
}

func TestUnlockOnlyWhatIsGuarded(t *testing.T) {
	u := start(t)
	u.Press(":").Type("unlock").Press("enter").See("it is not guarded: it can be written")
}

// TestPasswordIsAskedFor checks that what is typed reaches the one who opens, a
// second time after a wrong one, and no screen.
func TestPasswordIsAskedFor(t *testing.T) {
	const secret = "Tr0ub4dor"
	var got []string
	var u *user
	u = start(t, func(o *Options) {
		o.Store = nil
		o.Profiles = []Entry{{Target: "postgres://ada@db/shop"}}
		o.Open = func(_ context.Context, r Request) (*store.Store, Opened, error) {
			got = append(got, r.Password)
			if r.Password != secret {
				return nil, Opened{}, &NeedPassword{Question: "Password of postgres://ada@db:5432/shop: ", Again: r.Password != ""}
			}
			return store.New(own{u.shop}), Opened{Target: r.Target}, nil
		}
	})
	u.Press("enter").See("Password of postgres://ada@db:5432/shop").Miss("does not accept")
	u.Press("enter").See("type the password first")
	u.Type("wrong").See("> •••••").Miss("wrong").Press("enter").See("does not accept that password")
	u.Type(secret)
	if strings.Contains(u.Styled(), secret) {
		t.Errorf("the password is on the screen:\n%s", u.Screen())
	}
	u.Press("enter").See("customers", "orders")
	if want := []string{"", "wrong", secret}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("it was opened with the passwords %q", got)
	}
	if strings.Contains(fmt.Sprint(u.model.status.log), secret) || strings.Contains(fmt.Sprintf("%+v %#v", pane.OpenTarget{Password: secret}, pane.Unlock{Password: secret}), secret) {
		t.Error("the password is in the log, or printed with an action")
	}
}

func TestPasswordThatIsNotGivenOpensNothing(t *testing.T) {
	u := start(t, func(o *Options) {
		o.Store = nil
		o.Profiles = []Entry{{Target: "postgres://ada@db/shop"}}
		o.Open = func(context.Context, Request) (*store.Store, Opened, error) { return nil, Opened{}, &NeedPassword{} }
	})
	u.Press("enter").Type("x").Press("esc").See("Open a database").Miss("Password")
}

func TestUnlockingThatFailsIsReported(t *testing.T) {
	u, _ := guarded(t)
	u.model.options.Open = func(context.Context, Request) (*store.Store, Opened, error) {
		return nil, Opened{}, &store.Error{Op: "open", Kind: store.Unavailable, Err: errors.New("nothing answers")}
	}
	u.Press(":").Type("unlock").Press("enter")
	u.wait(time.Second).Type("prod-eu").Press("enter").See("nothing answers")
	u.Press("esc").See(" RO ")
}

// TestManyChangesAskForTheTable checks that a large commit names what it does,
// and asks for the table's name.
func TestManyChangesAskForTheTable(t *testing.T) {
	u := start(t)
	orders, err := u.model.env.Store.Table(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	for n := range manyDeletes + 1 {
		key := tuple.Of(tuple.Text("bob"), tuple.Int(int64(n+1)))
		rows, err := orders.Get(t.Context(), key)
		if err != nil || rows[0] == nil {
			t.Fatalf("row %v: %v", key, err)
		}
		if err := u.model.env.Changes.Delete(orders.Schema(), *rows[0]); err != nil {
			t.Fatal(err)
		}
	}
	u.open("orders")
	u.Press("ctrl+s")
	u.wait(time.Second).Press("ctrl+s").See("Commit 21 changes", `orders: 21 rows deleted, from ("bob",1) to ("bob",21)`, "Type orders to go on")
	u.wait(time.Second).Press("enter").See("type orders first")
	if u.row("orders", tuple.Text("bob"), tuple.Int(1)) == nil {
		t.Fatal("deleted without the name")
	}
	u.Type("orders").Press("enter").See("Committed 21 changes.")
	if u.row("orders", tuple.Text("bob"), tuple.Int(21)) != nil {
		t.Error("not deleted with the name")
	}
}
