package postgres

import (
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// kinds are the kinds of the types whose values package tuple has. All others
// are kept in the text form that the database has for them.
var kinds = map[uint32]tuple.Kind{
	pgtype.BoolOID:        tuple.KindBool,
	pgtype.Int2OID:        tuple.KindInt,
	pgtype.Int4OID:        tuple.KindInt,
	pgtype.Int8OID:        tuple.KindInt,
	pgtype.OIDOID:         tuple.KindInt,
	pgtype.Float4OID:      tuple.KindFloat,
	pgtype.Float8OID:      tuple.KindFloat,
	pgtype.NumericOID:     tuple.KindDecimal,
	pgtype.TextOID:        tuple.KindText,
	pgtype.VarcharOID:     tuple.KindText,
	pgtype.BPCharOID:      tuple.KindText,
	pgtype.NameOID:        tuple.KindText,
	pgtype.QCharOID:       tuple.KindText,
	pgtype.UnknownOID:     tuple.KindText,
	pgtype.ByteaOID:       tuple.KindBytes,
	pgtype.UUIDOID:        tuple.KindUUID,
	pgtype.DateOID:        tuple.KindDate,
	pgtype.TimeOID:        tuple.KindTime,
	pgtype.TimestampOID:   tuple.KindTimestamp,
	pgtype.TimestamptzOID: tuple.KindTimestamp,
	pgtype.IntervalOID:    tuple.KindInterval,
	pgtype.JSONOID:        tuple.KindJSON,
	pgtype.JSONBOID:       tuple.KindJSON,
}

func kindOfOID(oid uint32) tuple.Kind {
	if k, ok := kinds[oid]; ok {
		return k
	}
	return tuple.KindOther
}

// isText reports whether a type that is no part of the server itself holds text
// as the text types do: citext, which ignores case, and domains over it.
func isText(typ string) bool {
	name := spellingOf(typ).name
	return name == "citext" || strings.HasSuffix(name, ".citext")
}

// kindOf returns the kind of a column's values.
func kindOf(oid uint32, typ string) tuple.Kind {
	k := kindOfOID(oid)
	if k == tuple.KindOther && isText(typ) {
		return tuple.KindText
	}
	return k
}

// spelling is a type as the database spells it, taken apart: numeric(10,2) is
// numeric and 10, 2; timestamp(3) with time zone is timestamp with time zone
// and 3.
type spelling struct {
	name string
	args []int
}

// domainOf separates the name of a domain from that of its base type in
// Column.Type: email (character varying(100)).
const domainOf = " ("

// spellingOf takes a type apart, that of the values if it is a domain.
func spellingOf(typ string) spelling {
	if _, base, ok := strings.Cut(typ, domainOf); ok {
		typ = strings.TrimSuffix(base, ")")
	}
	name, rest, ok := strings.Cut(typ, "(")
	inside, after, closed := strings.Cut(rest, ")")
	if !ok || !closed {
		return spelling{name: typ}
	}
	s := spelling{name: name + after}
	for arg := range strings.SplitSeq(inside, ",") {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return spelling{name: typ}
		}
		s.args = append(s.args, n)
	}
	return s
}

// The names of types that matter by name.
const (
	typeSmallint = "smallint"
	typeInteger  = "integer"
	typeReal     = "real"
	typeOID      = "oid"
	typeTID      = "tid"
	typeChar     = "character"
	typeVarchar  = "character varying"
	typeByte     = `"char"`
	typeZoned    = "timestamp with time zone"
)

// isPadded reports whether texts are padded to a length.
func isPadded(c *driver.Column) bool {
	name := spellingOf(c.Type).name
	return name == typeChar || name == "bpchar"
}

// isZoned reports whether a column of timestamps holds points in time.
func isZoned(c *driver.Column) bool { return spellingOf(c.Type).name == typeZoned }
