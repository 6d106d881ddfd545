package store

import (
	"context"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// Statistics tells what the database is and, if it can say so, how its space
// and memory are used, and by whom. When that fails, what the database is comes
// with the error.
func (s *Store) Statistics(ctx context.Context) ([]Statistic, error) {
	all := describe(s.db.Info())
	d, ok := s.db.(driver.Statistician)
	if !ok {
		return all, nil
	}
	own, err := d.Statistics(ctx)
	return append(all, own...), s.wrap("read statistics", "", err)
}

// describe returns what is known of an open database without asking it.
func describe(i Info) []Statistic {
	const section = "database"
	text := func(name, text string) Statistic {
		return Statistic{Section: section, Name: name, Value: tuple.Text(text)}
	}
	all := []Statistic{text("product", i.Product), text("name", i.Name), text("location", i.Location)}
	if i.ReadOnly != "" && i.ReadOnly != driver.OpenedReadOnly {
		all = append(all, text("read-only", i.ReadOnly))
	}
	if i.MaxKey > 0 {
		all = append(all, Statistic{Section: section, Name: "longest key", Value: tuple.Int(i.MaxKey), Unit: driver.Bytes})
	}
	if i.MaxValue > 0 {
		all = append(all, Statistic{Section: section, Name: "longest value", Value: tuple.Int(i.MaxValue), Unit: driver.Bytes})
	}
	return all
}
