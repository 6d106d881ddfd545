package demo

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// The sizes of the tables that do not grow with the orders.
const (
	products = 1_000
	events   = 20_000
	images   = 120
)

// ordersEach is how many orders a customer has on average.
const ordersEach = 100

// linesEvery is how many orders there are for one whose lines are listed.
const linesEvery = 40

// opened is when the shop opened. Its clock runs in UTC.
var opened = time.Date(2024, time.March, 1, 8, 0, 0, 0, time.UTC)

// shop draws all that is random. Its tables are made in the order of
// [shop.sources], each by a generator of its own, so that one can be changed
// without changing the others.
type shop struct {
	orders    int
	customers []customer
	products  []product
}

type customer struct {
	id, name, country string
	orders            int
}

type product struct {
	sku, name string
	cents     int64
}

func newShop(orders int) *shop {
	s := &shop{orders: orders}
	s.makeCustomers()
	s.makeProducts()
	return s
}

// generator returns the source of randomness for a table.
func generator(table uint64) *rand.Rand { return rand.New(rand.NewPCG(Version, table)) }

func (s *shop) sources() []source {
	return []source{
		{countriesSchema, s.countryRows(), len(countryList)},
		{customersSchema, s.customerRows(), len(s.customers)},
		{productsSchema, s.productRows(), products},
		{ordersSchema, s.orderRows(), s.orders},
		{linesSchema, s.lineRows(), s.orders / linesEvery * 3},
		{eventsSchema, s.eventRows(), events},
		{filesSchema, s.fileRows(), images},
	}
}

func pick[T any](g *rand.Rand, list []T) T { return list[g.IntN(len(list))] }

func (s *shop) makeCustomers() {
	g := generator(1)
	n := max(1, s.orders/ordersEach)
	for i := range n {
		first, last := pick(g, firstNames), pick(g, lastNames)
		s.customers = append(s.customers, customer{
			id:      fmt.Sprintf("%s-%05d", strings.ToLower(first), i*7919%max(n, 100_000)),
			name:    first + " " + last,
			country: pick(g, countryList).code,
		})
	}
	slices.SortFunc(s.customers, func(a, b customer) int { return cmp.Compare(a.id, b.id) })
	s.shareOrders(g)
}

// shareOrders gives each customer some of the orders: a few have very many.
func (s *shop) shareOrders(g *rand.Rand) {
	for left := s.orders; left > 0; {
		c := &s.customers[g.IntN(len(s.customers))]
		take := min(left, 1+g.IntN(ordersEach/2))
		if g.IntN(500) == 0 {
			take = min(left, 5_000)
		}
		c.orders += take
		left -= take
	}
}

func (s *shop) makeProducts() {
	g := generator(2)
	for i := range products {
		kind := pick(g, productKinds)
		s.products = append(s.products, product{
			sku:   fmt.Sprintf("%s-%04d", kind.prefix, i),
			name:  pick(g, adjectives) + " " + pick(g, kind.nouns),
			cents: 99 + 100*int64(g.IntN(kind.euros)),
		})
	}
	slices.SortFunc(s.products, func(a, b product) int { return cmp.Compare(a.sku, b.sku) })
}

func (s *shop) countryRows() iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		for _, c := range countryList {
			if !yield(row(key(tuple.Text(c.code)), tuple.Text(c.name), tuple.Text(c.currency))) {
				return
			}
		}
	}
}

func (s *shop) customerRows() iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		g := generator(3)
		for _, c := range s.customers {
			email := tuple.Text(c.id + "@example.com")
			if g.IntN(20) == 0 {
				email = tuple.Null
			}
			since := opened.AddDate(0, 0, g.IntN(900))
			if !yield(row(key(tuple.Text(c.id)), tuple.Text(c.name), email,
				tuple.Text(c.country), tuple.DateOf(since), tuple.Bool(g.IntN(3) == 0))) {
				return
			}
		}
	}
}

func (s *shop) productRows() iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		g := generator(4)
		for _, p := range s.products {
			if !yield(row(key(tuple.Text(p.sku)), tuple.Text(p.name), euros(p.cents),
				tuple.Int(int64(g.IntN(500))), tuple.Float(float64(50+g.IntN(9_000))/1000))) {
				return
			}
		}
	}
}

func (s *shop) orderRows() iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		g := generator(5)
		for _, c := range s.customers {
			id, at := tuple.Text(c.id), opened
			for n := range c.orders {
				at = at.Add(time.Duration(1+g.Int64N(2*900*24*3600/int64(c.orders+1))) * time.Second)
				note := tuple.Null
				if g.IntN(12) == 0 {
					note = tuple.Text(pick(g, notes))
				}
				if !yield(row(key(id, tuple.Int(int64(n+1))), tuple.Text(pick(g, statuses)),
					euros(199+g.Int64N(40_000)), tuple.Instant(at), note)) {
					return
				}
			}
		}
	}
}

func (s *shop) lineRows() iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		g := generator(6)
		for _, c := range s.customers {
			for n := linesEvery; n <= c.orders; n += linesEvery {
				for line := range 1 + g.IntN(5) {
					p := pick(g, s.products)
					if !yield(row(key(tuple.Text(c.id), tuple.Int(int64(n)), tuple.Int(int64(line+1))),
						tuple.Text(p.sku), tuple.Int(int64(1+g.IntN(4))), euros(p.cents))) {
						return
					}
				}
			}
		}
	}
}

func (s *shop) eventRows() iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		g := generator(7)
		at := opened
		for range events {
			at = at.Add(time.Duration(g.IntN(4_000_000)) * time.Millisecond)
			var id [16]byte
			for i := range id {
				id[i] = byte(g.Uint32())
			}
			id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // a random UUID, version 4
			if !yield(row(key(tuple.Instant(at), tuple.UUID(id)), tuple.JSON(s.event(g)))) {
				return
			}
		}
	}
}

func (s *shop) event(g *rand.Rand) string {
	c, p := pick(g, s.customers), pick(g, s.products)
	switch g.IntN(3) {
	case 0:
		return fmt.Sprintf(`{"type":"view","customer":%q,"sku":%q,"ms":%d}`, c.id, p.sku, g.IntN(30_000))
	case 1:
		return fmt.Sprintf(`{"type":"basket","customer":%q,"items":[{"sku":%q,"quantity":%d,"price":%d.%02d}],"coupon":null}`,
			c.id, p.sku, 1+g.IntN(3), p.cents/100, p.cents%100)
	}
	return fmt.Sprintf(`{"type":"search","customer":%q,"query":%q,"hits":%d,"filters":{"in_stock":%v,"max_price":%d}}`,
		c.id, pick(g, adjectives), g.IntN(400), g.IntN(2) == 0, 10*(1+g.IntN(20)))
}

// fileRows yields real pictures and compressed logs.
func (s *shop) fileRows() iter.Seq[store.Row] {
	return func(yield func(store.Row) bool) {
		g := generator(8)
		for i := range images {
			path, kind, data := fmt.Sprintf("images/%s.png", s.products[i].sku), "image/png", picture(g)
			if i%4 == 3 {
				path, kind, data = fmt.Sprintf("logs/2026-%03d.gz", i), "application/gzip", compressedLog(g)
			}
			if !yield(row(key(tuple.Text(path)), tuple.Text(kind), tuple.Int(int64(len(data))), tuple.Bytes(data))) {
				return
			}
		}
	}
}

func picture(g *rand.Rand) []byte {
	const side = 24
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	hue := uint8(g.UintN(200))
	for i := range side * side {
		img.Set(i%side, i/side, color.NRGBA{hue, uint8(i % side * 9), uint8(g.UintN(40)), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // writing to memory cannot fail, nor can this picture
	}
	return b.Bytes()
}

func compressedLog(g *rand.Rand) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for n := range 20 + g.IntN(200) {
		fmt.Fprintf(w, "%04d GET /product/%d 200 %dms\n", n, g.IntN(products), g.IntN(90))
	}
	if err := w.Close(); err != nil {
		panic(err) // writing to memory cannot fail
	}
	return b.Bytes()
}

// euros returns an amount in cents as a decimal.
func euros(cents int64) tuple.Value {
	v, err := tuple.Decimal(fmt.Sprintf("%d.%02d", cents/100, cents%100))
	if err != nil {
		panic(err) // the format above is that of a decimal
	}
	return v
}

func key(vs ...tuple.Value) tuple.Tuple { return vs }

func row(key tuple.Tuple, values ...tuple.Value) store.Row {
	return store.Row{Key: key, Values: values}
}
