package tui

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/rowan-db/rowan/backends/mem"
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// shop is a database in memory that knows the foreign keys which package mem
// does not keep, and that fails when a test wants it to.
type shop struct {
	*mem.DB
	failTables error // of listing tables
	failWrites error // of transactions
	panics     atomic.Bool
	begin      chan struct{} // if not nil, transactions begin when it is closed
}

// Info gives the database a name.
func (s *shop) Info() driver.Info {
	info := s.DB.Info()
	info.Name = "shop"
	return info
}

// Describe adds what orders refer to.
func (s *shop) Describe(ctx context.Context, table string) (*driver.Schema, error) {
	schema, err := s.DB.Describe(ctx, table)
	if err != nil || table != "orders" {
		return schema, err
	}
	own := *schema
	own.References = []driver.Reference{{Columns: []string{"customer"}, Table: "customers", To: []string{"id"}}}
	return &own, nil
}

// Tables implements [driver.DB].
func (s *shop) Tables(ctx context.Context) ([]driver.TableInfo, error) {
	if s.panics.Load() {
		panic("a mistake in a driver")
	}
	if s.failTables != nil {
		return nil, s.failTables
	}
	return s.DB.Tables(ctx)
}

// Begin implements [driver.Transactor].
func (s *shop) Begin(ctx context.Context) (driver.Tx, error) {
	if s.failWrites != nil {
		return nil, s.failWrites
	}
	if s.begin != nil {
		<-s.begin
	}
	return s.DB.Begin(ctx)
}

// openShop returns a database with customers and their orders.
func openShop() (*shop, error) {
	s := &shop{DB: mem.New()}
	ctx := context.Background()
	for _, schema := range shopSchemas() {
		if err := s.CreateTable(ctx, schema); err != nil {
			return nil, err
		}
	}
	w, err := store.New(s).Writer()
	if err != nil {
		return nil, err
	}
	_, err = w.Apply(ctx, shopRows())
	return s, err
}

func shopSchemas() []*driver.Schema {
	return []*driver.Schema{
		{
			Name: "customers", Key: []driver.Column{{Name: "id", Kind: tuple.KindText}},
			Columns: []driver.Column{{Name: "name", Kind: tuple.KindText}, {Name: "email", Kind: tuple.KindText, Nullable: true}},
		},
		{
			Name: "orders", Key: []driver.Column{{Name: "customer", Kind: tuple.KindText}, {Name: "id", Kind: tuple.KindInt}},
			Columns: []driver.Column{
				{Name: "status", Kind: tuple.KindText}, {Name: "total", Kind: tuple.KindFloat}, {Name: "note", Kind: tuple.KindText, Nullable: true},
			},
		},
		{
			Name: "empty", Key: []driver.Column{{Name: "id", Kind: tuple.KindInt}},
			Columns: []driver.Column{{Name: "value", Kind: tuple.KindText, Nullable: true}},
		},
		{
			Name: "ticks\x1b[31m", Key: []driver.Column{{Name: "at", Kind: tuple.KindInt}},
			Columns: []driver.Column{{Name: "value", Kind: tuple.KindBytes, Nullable: true}},
		},
	}
}

func shopRows() []driver.Change {
	var rows []driver.Change
	put := func(table string, key tuple.Tuple, values ...tuple.Value) {
		c := driver.Change{Op: driver.Insert, Table: table, Key: key}
		for i, v := range values {
			c.Set = append(c.Set, driver.Assignment{Column: i, Value: v})
		}
		rows = append(rows, c)
	}
	states := []string{"open", "paid", "sent", "void"}
	for i, id := range []string{"ada", "bob", "cyd", "dan", "eve"} {
		put("customers", tuple.Of(tuple.Text(id)), tuple.Text(id+" Example"), tuple.Text(id+"@example.org"))
		for n := range 60 {
			note := tuple.Null
			switch n % 7 {
			case 1:
				note = tuple.Text("")
			case 3:
				note = tuple.Text("hi\nthere \x1b[31mred")
			case 5:
				note = tuple.Text("日本語 and é")
			}
			put("orders", tuple.Of(tuple.Text(id), tuple.Int(int64(n+1))),
				tuple.Text(states[(n+i)%len(states)]), tuple.Float(float64(n*i)+0.5), note)
		}
	}
	for n := range 12 {
		put("ticks\x1b[31m", tuple.Of(tuple.Int(int64(n))), tuple.Bytes([]byte(fmt.Sprintf("\x00\xff%d", n))))
	}
	return rows
}
