package tui

import (
	"context"
	"fmt"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// speaking is the shop of the other tests with a console, whose statements all
// return the numbers from 1 to 40.
type speaking struct{ driver.DB }

func (speaking) Language() driver.Language { return driver.Language{Name: "SQL"} }

func (speaking) Console(context.Context) (driver.Console, error) { return counting{}, nil }

type counting struct{}

func (counting) Close() error { return nil }

func (counting) Run(_ context.Context, _ string, sink driver.Sink) (driver.Outcome, error) {
	out := driver.Outcome{Affected: -1}
	if err := sink.Columns([]driver.ResultColumn{{Column: driver.Column{Name: "number"}}}); err != nil {
		return out, err
	}
	for i := range int64(40) {
		if err := sink.Row([]tuple.Value{tuple.Int(i + 1)}); err != nil {
			return out, err
		}
	}
	return out, nil
}

// startSpeaking starts the program on a shop with a console.
func startSpeaking(t *testing.T, width, height int) *user {
	t.Helper()
	db, err := openShop()
	if err != nil {
		t.Fatal(err)
	}
	u := start(t, func(o *Options) { o.Store, o.Opened.Journal = store.New(speaking{db}), "" })
	u.Resize(width, height)
	return u
}

func TestConsoleStandsAboveItsResult(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {64, 20}, {80, 50}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			u := startSpeaking(t, size.width, size.height)
			u.Press("4").Type("select 1").Press("f5")
			u.See("SQL", "select 1", "✓ 40 rows", "(result 1)", "number").Golden()
			u.Press("esc", "G").See("40")
			u.Press("4").Type("1").See("select 11")
			u.Press("esc").Press("+").See("(result 1)")
			u.Miss("select 11")
			u.Press("esc").See("select 11")
		})
	}
}

func TestConsoleIsHiddenAndComesBack(t *testing.T) {
	u := startSpeaking(t, 100, 30)
	u.Press("4").Type("select 1").Press("f5").See("(result 1)")
	u.Press("ctrl+p").Type("close-console").Press("enter")
	u.Miss("select 1")
	u.Press("4").See("select 1")
	u.Press("esc").Press("1", "down", "enter").Miss("(result 1)")
}

func TestNoConsoleWithoutALanguage(t *testing.T) {
	start(t).Press("4").See("Blocked", "no language")
}
