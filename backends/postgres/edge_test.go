package postgres

import (
	"math"
	"testing"
	"time"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

func column(kind tuple.Kind, typ string) *driver.Column {
	return &driver.Column{Name: "c", Kind: kind, Type: typ}
}

// TestEdges: a value that a column cannot hold stands somewhere among those that
// it can, and is compared without an error and by the index.
func TestEdges(t *testing.T) {
	small, real32 := column(tuple.KindInt, "smallint"), column(tuple.KindFloat, "real")
	oid, number := column(tuple.KindInt, "oid"), column(tuple.KindDecimal, "numeric(5,2)")
	text, date := column(tuple.KindText, "text"), column(tuple.KindDate, "date")
	clock, stamp := column(tuple.KindTime, "time without time zone"), column(tuple.KindTimestamp, "timestamp without time zone")
	zoned, inet := column(tuple.KindTimestamp, typeZoned), column(tuple.KindOther, "inet")
	noon := time.Date(2026, 1, 1, 12, 0, 0, 1500, time.UTC)
	for _, c := range []struct {
		c     *driver.Column
		v     tuple.Value
		edge  string
		place sqlrows.Place
	}{
		{small, tuple.Null, "null", sqlrows.Below},
		{small, tuple.Int(7), "7", sqlrows.At},
		{small, tuple.Int(40000), "", sqlrows.Above},
		{small, tuple.Int(-40000), "", sqlrows.Below},
		{small, tuple.Uint(math.MaxUint64), "", sqlrows.Above},
		{small, tuple.Float(1.5), "1", sqlrows.After},
		{small, tuple.Float(-1.5), "-2", sqlrows.After},
		{small, tuple.Float(2), "2", sqlrows.At},
		{small, tuple.Float(math.Inf(-1)), "", sqlrows.Below},
		{small, tuple.Float(math.Inf(1)), "", sqlrows.Above},
		{small, tuple.Float(math.NaN()), "", sqlrows.Above},
		{small, mustParse(t, tuple.KindDecimal, "32767.5"), "32767", sqlrows.After},
		{small, tuple.Bool(true), "", sqlrows.Below},
		{small, tuple.Text("7"), "", sqlrows.Above},
		{oid, tuple.Int(7), `other("oid","7")`, sqlrows.At},
		{oid, tuple.Int(-1), "", sqlrows.Below},
		{real32, tuple.Float(0.1), `other("real","0.1")`, sqlrows.At},
		{real32, tuple.Float(0.123456789), "0.123456789", sqlrows.At},
		{real32, tuple.Int(3), `other("real","3")`, sqlrows.At},
		{number, tuple.Float(0.5), "d'0.5'", sqlrows.At},
		{number, tuple.Float(0.1), "d'0.1000000000000000055511151231257827021181583404541015625'", sqlrows.At},
		{number, tuple.Float(math.Inf(1)), "d'Infinity'", sqlrows.At},
		{number, tuple.Int(3), "3", sqlrows.At},
		{text, tuple.Text("é"), `"é"`, sqlrows.At},
		{text, tuple.Text("a\x00b"), `"a"`, sqlrows.After},
		{text, tuple.Text("a\xffb\x00"), `"a"`, sqlrows.After},
		{text, tuple.Int(1), "", sqlrows.Below},
		{text, tuple.Bytes([]byte("a")), "", sqlrows.Above},
		{date, tuple.Date(1 << 40), "+5874897-12-31", sqlrows.After},
		{date, tuple.Date(-1 << 40), `other("date","-infinity")`, sqlrows.After},
		{date, tuple.Text("infinity"), `other("date","infinity")`, sqlrows.At},
		{clock, tuple.Time(-1), "", sqlrows.Below},
		{clock, tuple.Time(24 * time.Hour), "24:00:00", sqlrows.At},
		{clock, tuple.Time(25 * time.Hour), "", sqlrows.Above},
		{clock, tuple.Time(1500), "00:00:00.000001", sqlrows.After},
		{stamp, tuple.Timestamp(noon), "2026-01-01T12:00:00.000001", sqlrows.After},
		{stamp, tuple.Instant(noon.Truncate(time.Second)), "2026-01-01T12:00:00", sqlrows.At},
		{zoned, tuple.Timestamp(noon.Truncate(time.Second)), "2026-01-01T12:00:00Z", sqlrows.At},
		{stamp, tuple.Timestamp(time.Unix(1<<50, 0)), "", sqlrows.After},
		{stamp, tuple.Timestamp(time.Unix(-1<<50, 0)), `other("timestamp without time zone","-infinity")`, sqlrows.After},
		{inet, tuple.Text("10.0.0.1"), `other("inet","10.0.0.1")`, sqlrows.At},
		{inet, tuple.Int(1), "", sqlrows.Below},
	} {
		edge, place := dialect{utf8: true}.edge(c.c, c.v)
		text := edge.String()
		if c.v.Kind() == tuple.KindTimestamp || c.v.Kind() == tuple.KindDate || c.v.Kind() == tuple.KindTime {
			text = edge.Plain()
			if edge.Kind() == tuple.KindOther {
				text = edge.String()
			}
		}
		if place != c.place || c.edge != "" && text != c.edge && edge.Plain() != c.edge {
			t.Errorf("%s in %s: %s, %d, want %s, %d", c.v, c.c.Type, text, place, c.edge, c.place)
		}
	}
}

func TestPrefixes(t *testing.T) {
	plain := column(tuple.KindText, "text")
	ofIndexC := column(tuple.KindText, "text")
	ofIndexC.Collation = `"C"` + ofIndex
	german := column(tuple.KindText, "text")
	german.Collation = `"de-x-icu"`
	for _, c := range []struct {
		c           *driver.Column
		v           tuple.Value
		first, next string
	}{
		{plain, tuple.Text("al"), `"al"`, `"am"`},
		{ofIndexC, tuple.Text("al"), `"al"`, `"am"`},
		{plain, tuple.Text("\ud7ff"), tuple.Text("\ud7ff").String(), tuple.Text("\ue000").String()},
		{plain, tuple.Text("a\U0010ffff"), tuple.Text("a\U0010ffff").String(), `"b"`},
		{plain, tuple.Text("\U0010ffff"), tuple.Text("\U0010ffff").String(), "null"},
		{plain, tuple.Text(""), `""`, "null"},
		{plain, tuple.Bytes([]byte{1, 0xff}), "x'01ff'", "x'02'"},
		{plain, tuple.Bytes([]byte{0xff}), "x'ff'", "null"},
		{german, tuple.Text("al"), "", ""},
		{column(tuple.KindText, "character(5)"), tuple.Text("al"), "", ""},
		{column(tuple.KindText, "citext"), tuple.Text("al"), "", ""},
		{column(tuple.KindText, "app.citext"), tuple.Text("al"), "", ""},
	} {
		first, next, err := prefix(c.c, c.v)
		if c.first == "" {
			if classify(err) != driver.Unsupported {
				t.Errorf("%s of %+v: %v", c.v, c.c, err)
			}
			continue
		}
		if err != nil || first.String() != c.first || next.String() != c.next {
			t.Errorf("%s: %s to %s, %v, want %s to %s", c.v, first, next, err, c.first, c.next)
		}
	}
}
