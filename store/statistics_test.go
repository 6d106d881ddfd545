package store

import (
	"context"
	"errors"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// plainDB is a database that tells nothing but what it is.
type plainDB struct {
	driver.DB
	info driver.Info
}

func (d plainDB) Info() driver.Info { return d.info }

// tellingDB tells something, and then fails if it is to.
type tellingDB struct {
	plainDB
	err error
}

func (d tellingDB) Classify(error) driver.Kind { return driver.Unavailable }

func (d tellingDB) Statistics(context.Context) ([]driver.Statistic, error) {
	return []driver.Statistic{{Section: "file", Name: "size", Value: tuple.Int(1), Unit: driver.Bytes}}, d.err
}

func TestStatistics(t *testing.T) {
	plain := plainDB{info: driver.Info{Product: "P", Name: "n", Location: "/n", ReadOnly: driver.OpenedReadOnly}}
	all, err := New(plain).Statistics(t.Context())
	if err != nil || len(all) != 3 {
		t.Errorf("of a database that tells nothing: %v, %v", all, err)
	}
	plain.info.ReadOnly, plain.info.MaxKey, plain.info.MaxValue = "the disk is read-only", 10, 20
	if all, err = New(tellingDB{plain, nil}).Statistics(t.Context()); err != nil || len(all) != 7 || all[3].Value.AsText() != "the disk is read-only" || all[6].Section != "file" {
		t.Errorf("of one that does: %v, %v", all, err)
	}
	all, err = New(tellingDB{plain, errors.New("gone")}).Statistics(t.Context())
	if KindOf(err) != Unavailable || len(all) < 6 {
		t.Errorf("of one that fails there is %v, %v", all, err)
	}
}
