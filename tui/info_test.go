package tui

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func TestStatisticsText(t *testing.T) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	got := StatisticsText([]store.Statistic{
		{Section: "file", Name: "size", Value: tuple.Int(3 << 20), Unit: driver.Bytes},
		{Section: "file", Name: "version", Value: tuple.Int(12345)},
		{Section: "readers", Name: "oldest since", Value: tuple.Instant(now.Add(-5 * time.Minute))},
		{Section: "readers", Name: "who", Value: tuple.Text("nobody knows")},
	}, now)
	const want = `file
  size          3 MB
  version       12,345

readers
  oldest since  2026-01-02 14:59:05, 5m00s ago
  who           nobody knows
`
	if got != want {
		t.Errorf("%s", got)
	}
}

// telling is a shop that tells of itself.
type telling struct {
	*shop
	err error
}

func (d telling) Statistics(context.Context) ([]driver.Statistic, error) {
	return []driver.Statistic{{Section: "memory", Name: "mapped \x1b[31m", Value: tuple.Int(2048), Unit: driver.Bytes}}, d.err
}

func TestInfoIsShown(t *testing.T) {
	u := startTelling(t, nil)
	u.Press("I").See("product", "memory", "mapped", "2 KB").Press("esc").Miss("2 KB")
	u = startTelling(t, errors.New("the disk is gone"))
	u.Press(":").Type("info").Press("enter").See("the disk is gone")
}

func startTelling(t *testing.T, err error) *user {
	t.Helper()
	s, failed := openShop()
	if failed != nil {
		t.Fatal(failed)
	}
	return start(t, func(o *Options) { o.Store = store.New(telling{s, err}) })
}
