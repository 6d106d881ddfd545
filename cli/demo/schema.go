package demo

import (
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

func column(name string, kind tuple.Kind) store.Column { return store.Column{Name: name, Kind: kind} }

func nullable(name string, kind tuple.Kind) store.Column {
	return store.Column{Name: name, Kind: kind, Nullable: true}
}

func columns(cs ...store.Column) []store.Column { return cs }

func reference(column, table, to string) store.Reference {
	return store.Reference{Columns: []string{column}, Table: table, To: []string{to}}
}

var countriesSchema = &store.Schema{
	Name: "countries",
	Key:  columns(column("code", tuple.KindText)),
	Columns: columns(
		column("name", tuple.KindText),
		column("currency", tuple.KindText)),
}

var customersSchema = &store.Schema{
	Name: "customers",
	Key:  columns(column("id", tuple.KindText)),
	Columns: columns(
		column("name", tuple.KindText),
		nullable("email", tuple.KindText),
		column("country", tuple.KindText),
		column("since", tuple.KindDate),
		column("newsletter", tuple.KindBool)),
	References: []store.Reference{reference("country", "countries", "code")},
}

var productsSchema = &store.Schema{
	Name: "products",
	Key:  columns(column("sku", tuple.KindText)),
	Columns: columns(
		column("name", tuple.KindText),
		column("price", tuple.KindDecimal),
		column("stock", tuple.KindInt),
		column("kilograms", tuple.KindFloat)),
}

var ordersSchema = &store.Schema{
	Name: "orders",
	Key:  columns(column("customer", tuple.KindText), column("number", tuple.KindInt)),
	Columns: columns(
		column("status", tuple.KindText),
		column("total", tuple.KindDecimal),
		column("placed", tuple.KindTimestamp),
		nullable("note", tuple.KindText)),
	References: []store.Reference{reference("customer", "customers", "id")},
}

var linesSchema = &store.Schema{
	Name: "order_lines",
	Key: columns(column("customer", tuple.KindText), column("number", tuple.KindInt),
		column("line", tuple.KindInt)),
	Columns: columns(
		column("sku", tuple.KindText),
		column("quantity", tuple.KindInt),
		column("price", tuple.KindDecimal)),
	References: []store.Reference{
		{Columns: []string{"customer", "number"}, Table: "orders", To: []string{"customer", "number"}},
		reference("sku", "products", "sku"),
	},
}

var eventsSchema = &store.Schema{
	Name:    "events",
	Key:     columns(column("at", tuple.KindTimestamp), column("id", tuple.KindUUID)),
	Columns: columns(column("event", tuple.KindJSON)),
}

var filesSchema = &store.Schema{
	Name: "files",
	Key:  columns(column("path", tuple.KindText)),
	Columns: columns(
		column("type", tuple.KindText),
		column("size", tuple.KindInt),
		column("data", tuple.KindBytes)),
}

var awkwardSchema = &store.Schema{
	Name: "awkward",
	Key:  columns(column("name", tuple.KindText)),
	Columns: columns(
		nullable("text", tuple.KindText),
		nullable("data", tuple.KindBytes),
		nullable("json", tuple.KindJSON),
		column("remark", tuple.KindText)),
}
