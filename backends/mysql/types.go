package mysql

import (
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// class is what a type makes of values.
type class uint8

const (
	classOther class = iota // shown as the server prints it
	classInt                // and YEAR
	classBool               // TINYINT(1), which is what BOOLEAN makes
	classFloat              // single precision
	classDouble
	classDecimal
	classText
	classBytes
	classBit
	classEnum
	classSet
	classDate
	classTime
	classDatetime
	classTimestamp
	classJSON
	classUUID
	classGeometry
)

// classes maps the names of types.
var classes = map[string]class{
	"tinyint": classInt, "smallint": classInt, "mediumint": classInt, "int": classInt, "bigint": classInt, "year": classInt,
	"float": classFloat, "double": classDouble, "decimal": classDecimal,
	"char": classText, "varchar": classText, "tinytext": classText, "text": classText, "mediumtext": classText, "longtext": classText,
	"binary": classBytes, "varbinary": classBytes, "tinyblob": classBytes, "blob": classBytes, "mediumblob": classBytes, "longblob": classBytes,
	"bit": classBit, "enum": classEnum, "set": classSet, "json": classJSON, "uuid": classUUID,
	"date": classDate, "time": classTime, "datetime": classDatetime, "timestamp": classTimestamp,
	"geometry": classGeometry, "point": classGeometry, "linestring": classGeometry, "polygon": classGeometry,
	"multipoint": classGeometry, "multilinestring": classGeometry, "multipolygon": classGeometry,
	"geometrycollection": classGeometry, "geomcollection": classGeometry,
}

// columnType is a type as the catalog spells it, such as decimal(10,2) unsigned,
// taken apart.
type columnType struct {
	class    class
	base     string // such as decimal
	args     string // such as 10,2
	unsigned bool
}

// typeOf takes the type of a column apart. A column that no catalog describes
// has the type that its kind says.
func typeOf(c *driver.Column) columnType {
	if c.Type == "" {
		return columnType{class: kindClasses[c.Kind]}
	}
	return parseType(c.Type)
}

// kindClasses are the classes of columns of which nothing but the kind is known.
var kindClasses = map[tuple.Kind]class{
	tuple.KindBool: classBool, tuple.KindInt: classInt, tuple.KindUint: classInt, tuple.KindFloat: classDouble, tuple.KindText: classText,
	tuple.KindBytes: classBytes, tuple.KindUUID: classUUID, tuple.KindDate: classDate, tuple.KindTime: classTime, tuple.KindTimestamp: classDatetime, tuple.KindJSON: classJSON,
}

func parseType(spelled string) columnType {
	t := columnType{base: spelled}
	rest := ""
	if i := strings.IndexAny(spelled, " ("); i >= 0 {
		t.base, rest = spelled[:i], spelled[i:]
	}
	if strings.HasPrefix(rest, "(") {
		if end := strings.LastIndexByte(rest, ')'); end > 0 {
			t.args, rest = rest[1:end], rest[end+1:]
		}
	}
	t.unsigned = strings.Contains(rest, "unsigned")
	t.class = classes[t.base]
	if t.base == "tinyint" && t.args == "1" && !t.unsigned {
		t.class = classBool
	}
	return t
}

// kind returns the kind that input for the type is read as.
func (t columnType) kind() tuple.Kind {
	switch t.class {
	case classInt:
		if t.base == "bigint" && t.unsigned {
			return tuple.KindUint
		}
		return tuple.KindInt
	case classBool:
		return tuple.KindBool
	case classFloat, classDouble:
		return tuple.KindFloat
	case classDecimal:
		return tuple.KindDecimal
	case classText, classEnum, classSet:
		return tuple.KindText
	case classBytes:
		return tuple.KindBytes
	case classDate:
		return tuple.KindDate
	case classTime:
		return tuple.KindTime
	case classDatetime, classTimestamp:
		return tuple.KindTimestamp
	case classJSON:
		return tuple.KindJSON
	case classUUID:
		return tuple.KindUUID
	}
	return tuple.KindOther
}

// isNumber reports whether the server sorts values of the type as numbers.
func (t columnType) isNumber() bool {
	switch t.class {
	case classInt, classBool, classFloat, classDouble, classDecimal:
		return true
	}
	return false
}

// isTemporal reports whether values of the type are dates or times.
func (t columnType) isTemporal() bool {
	switch t.class {
	case classDate, classTime, classDatetime, classTimestamp:
		return true
	}
	return false
}

// size returns the type's first argument: the length of text, or the digits of
// a fraction of a second. Without one it is 0.
func (t columnType) size() int {
	first, _, _ := strings.Cut(t.args, ",")
	n, _ := strconv.Atoi(first)
	return n
}

// scale returns the digits after the point of a decimal.
func (t columnType) scale() int {
	_, second, _ := strings.Cut(t.args, ",")
	n, _ := strconv.Atoi(second)
	return n
}

// members returns the values of an ENUM or SET. The catalog doubles quotes in
// them and spells nothing else in another way.
func (t columnType) members() []string {
	var members []string
	rest := t.args
	for strings.HasPrefix(rest, "'") {
		end := 1
		for end < len(rest) {
			if rest[end] != '\'' {
				end++
			} else if strings.HasPrefix(rest[end:], "''") {
				end += 2
			} else {
				break
			}
		}
		if end >= len(rest) {
			break
		}
		members = append(members, strings.ReplaceAll(rest[1:end], "''", "'"))
		rest = strings.TrimPrefix(rest[end+1:], ",")
	}
	return members
}

// mayBeLong reports whether a value of the type can have more than so many
// bytes.
func (t columnType) mayBeLong(most int) bool {
	const perCharacter = 4
	switch t.class {
	case classText:
		switch t.base {
		case "char", "varchar":
			return t.size()*perCharacter > most
		case "tinytext":
			return 255 > most
		}
		return true
	case classBytes:
		switch t.base {
		case "binary", "varbinary":
			return t.size() > most
		case "tinyblob":
			return 255 > most
		}
		return true
	case classJSON, classGeometry, classOther:
		return true
	}
	return false
}
