//go:build cgo

package sqlite

import (
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// affinity is what a column does to the values that it is given.
type affinity uint8

const (
	affinityBlob    affinity = iota // keeps everything
	affinityText                    // makes numbers text
	affinityNumeric                 // makes text that is a number one, an integer if it can
	affinityInteger                 // as numeric
	affinityReal                    // as numeric, and integers floating-point
)

// declaredAffinity follows the rules of section 3.1 of "Datatypes In SQLite".
func declaredAffinity(typ string) affinity {
	t := strings.ToUpper(typ)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(t, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INT"):
		return affinityInteger
	case has("CHAR", "CLOB", "TEXT"):
		return affinityText
	case t == "" || has("BLOB"):
		return affinityBlob
	case has("REAL", "FLOA", "DOUB"):
		return affinityReal
	}
	return affinityNumeric
}

// anyType is the type of a column that keeps everything, in a STRICT table. In
// others the same word means nothing, and so numeric affinity.
const anyType = "ANY"

// affinityOf tells the two meanings of ANY apart by the kind that kindOf gave.
func affinityOf(c *driver.Column) affinity {
	if c.Kind == tuple.KindText && strings.EqualFold(c.Type, anyType) {
		return affinityBlob
	}
	return declaredAffinity(c.Type)
}

// isNumeric reports whether a makes text that is a number one.
func (a affinity) isNumeric() bool { return a >= affinityNumeric }

// wellKnown are declared types that mean more to people than to SQLite, which
// gives them all numeric affinity. Dates are left as text: that is what most
// are, and a number that is typed becomes one by the affinity.
var wellKnown = map[string]tuple.Kind{
	"BOOL": tuple.KindBool, "BOOLEAN": tuple.KindBool,
	"JSON":  tuple.KindJSON,
	"JSONB": tuple.KindBytes,
	"UUID":  tuple.KindText, "GUID": tuple.KindText,
	"DATE": tuple.KindText, "TIME": tuple.KindText,
	"DATETIME": tuple.KindText, "TIMESTAMP": tuple.KindText,
	"STRING": tuple.KindText,
}

// textTypes are the types that tables made by this package have for kinds that
// are kept as text. Other programs see what they mean, and that they are text.
var textTypes = map[string]tuple.Kind{
	"UNSIGNED_TEXT":  tuple.KindUint,
	"DECIMAL_TEXT":   tuple.KindDecimal,
	"UUID_TEXT":      tuple.KindUUID,
	"DATE_TEXT":      tuple.KindDate,
	"TIME_TEXT":      tuple.KindTime,
	"TIMESTAMP_TEXT": tuple.KindTimestamp,
	"DURATION_TEXT":  tuple.KindInterval,
	"JSON_TEXT":      tuple.KindJSON,
	"OTHER_TEXT":     tuple.KindOther,
}

// kindOf returns the kind that input for a column is read as.
func kindOf(typ string, strict bool) tuple.Kind {
	t := strings.ToUpper(strings.TrimSpace(typ))
	if strict && t == anyType {
		return tuple.KindText
	}
	if k, ok := textTypes[t]; ok {
		return k
	}
	name, _, _ := strings.Cut(t, "(")
	name, _, _ = strings.Cut(name, " ")
	if k, ok := wellKnown[name]; ok && declaredAffinity(t) == affinityNumeric {
		return k
	}
	switch declaredAffinity(t) {
	case affinityInteger:
		return tuple.KindInt
	case affinityReal:
		return tuple.KindFloat
	case affinityNumeric:
		return tuple.KindDecimal
	case affinityBlob:
		if t != "" {
			return tuple.KindBytes
		}
	}
	return tuple.KindText
}
