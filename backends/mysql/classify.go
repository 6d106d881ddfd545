package mysql

import (
	"crypto/tls"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	native "github.com/go-sql-driver/mysql"

	"github.com/rowan-db/rowan/store/driver"
)

// Numbers of errors that the package itself looks for.
const (
	errQueryInterrupted = 1317
	errNoSuchThread     = 1094
	errDeadlock         = 1213
	errLockWaitTimeout  = 1205
	errLockTableFull    = 1206
)

// kinds maps the server's errors. MySQL's are below 1900 and from 3000 on,
// MariaDB's own are between.
var kinds = map[uint16]driver.Kind{
	1005: driver.Constraint, // a table that cannot be made: foreign keys
	1007: driver.Exists,     // a database
	1008: driver.NotFound,
	1020: driver.TryAgain, // a row changed since the snapshot
	1021: driver.Full,
	1022: driver.Exists,
	1023: driver.Unavailable,
	1030: driver.Unavailable, // the storage engine says so
	1034: driver.Corrupt,
	1035: driver.Corrupt,
	1036: driver.ReadOnly,
	1037: driver.Unavailable, // out of memory
	1038: driver.Unavailable,
	1040: driver.Unavailable, // too many connections
	1041: driver.Unavailable,
	1042: driver.NotFound,
	1043: driver.Unavailable,
	1044: driver.Permission,
	1045: driver.Permission,
	1048: driver.Constraint, // NULL in a column that is NOT NULL
	1049: driver.NotFound,   // the database
	1050: driver.Exists,
	1051: driver.NoTable,
	1053: driver.Unavailable, // shutting down
	1054: driver.Conflicting, // the column has gone since
	1059: driver.BadValue,    // a name that is too long
	1060: driver.Exists,
	1061: driver.Exists,
	1062: driver.Exists,
	1071: driver.TooLarge, // a key
	1074: driver.TooLarge,
	1077: driver.Unavailable,
	1079: driver.Unavailable,
	1080: driver.Unavailable,
	1184: driver.Unavailable,
	1094: driver.NotFound,
	1095: driver.Permission,
	1099: driver.Locked,
	1100: driver.Locked,
	1103: driver.BadValue,
	1105: driver.Internal,
	1114: driver.Full,
	1115: driver.Unsupported,
	1117: driver.TooLarge,
	1118: driver.TooLarge,
	1129: driver.Permission, // the host is blocked
	1130: driver.Permission,
	1131: driver.Permission,
	1132: driver.Permission,
	1133: driver.Permission,
	1138: driver.Constraint,
	1142: driver.Permission,
	1143: driver.Permission,
	1146: driver.NoTable,
	1152: driver.Unavailable,
	1153: driver.TooLarge, // a packet
	1158: driver.Unavailable,
	1159: driver.Unavailable,
	1160: driver.Unavailable,
	1161: driver.Unavailable,
	1162: driver.TooLarge,
	1169: driver.Exists,
	1171: driver.Constraint,
	1180: driver.Unavailable, // COMMIT failed
	1193: driver.Configuration,
	1194: driver.Corrupt,
	1195: driver.Corrupt,
	1203: driver.Unavailable,
	1204: driver.Configuration,
	1205: driver.Timeout,
	1206: driver.Full,
	1207: driver.ReadOnly,
	1213: driver.TryAgain,
	1215: driver.Constraint,
	1216: driver.Constraint,
	1217: driver.Constraint,
	1223: driver.Locked, // a global read lock
	1226: driver.Unavailable,
	1227: driver.Permission,
	1231: driver.Configuration,
	1235: driver.Unsupported,
	1251: driver.Configuration,
	1264: driver.BadValue,
	1265: driver.BadValue,
	1267: driver.BadValue, // text in another character set
	1286: driver.Unsupported,
	1290: driver.ReadOnly,
	1292: driver.BadValue,
	1294: driver.Constraint,
	1298: driver.Configuration, // a time zone
	1305: driver.NotFound,
	1317: driver.Canceled,
	1347: driver.NoTable, // not a view, not a sequence
	1356: driver.Conflicting,
	1364: driver.Constraint, // no value, and no default
	1366: driver.BadValue,
	1367: driver.BadValue,
	1369: driver.Constraint, // a view's CHECK OPTION
	1370: driver.Permission,
	1390: driver.TooLarge, // arguments
	1406: driver.TooLarge,
	1411: driver.BadValue,
	1416: driver.BadValue, // a geometry
	1419: driver.Permission,
	1451: driver.Constraint,
	1452: driver.Constraint,
	1524: driver.Configuration,
	1525: driver.BadValue,
	1526: driver.Constraint, // no partition for the value
	1557: driver.Constraint,
	1568: driver.Internal,
	1614: driver.TryAgain,
	1615: driver.TryAgain, // a statement must be prepared again
	1665: driver.Configuration,
	1690: driver.BadValue,
	1698: driver.Permission,
	1701: driver.Constraint,
	1709: driver.TooLarge,
	1712: driver.Corrupt,
	1713: driver.TooLarge,
	1748: driver.Constraint,
	1761: driver.Exists,
	1762: driver.Exists,
	1792: driver.ReadOnly,
	1814: driver.Unavailable,
	1820: driver.Permission, // the password has expired
	1821: driver.Permission,
	1827: driver.Permission,
	1836: driver.ReadOnly,
	1862: driver.Permission,
	1878: driver.Full,
	1906: driver.ReadOnly, // a generated column
	1927: driver.Unavailable,
	1969: driver.Timeout,
	3024: driver.Timeout,
	3101: driver.TryAgain,
	3105: driver.ReadOnly, // a generated column
	3118: driver.Permission,
	3140: driver.BadValue, // JSON
	3572: driver.Locked,
	3819: driver.Constraint,
	4025: driver.Constraint,  // CHECK, in MariaDB
	4031: driver.Unavailable, // idle for too long
	4078: driver.BadValue,
	4084: driver.Constraint, // a sequence has run out
	4151: driver.Permission,
}

// classify is [driver.DB.Classify].
func classify(err error) driver.Kind {
	if errors.Is(err, errStatementTimeout) {
		return driver.Timeout
	}
	if k := driver.KindOf(err); k != driver.Internal {
		return k
	}
	if server, ok := errors.AsType[*native.MySQLError](err); ok {
		return kinds[server.Number]
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return driver.NotFound
	}
	switch {
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone):
		return driver.Closed
	case isLost(err), errors.Is(err, native.ErrNoTLS):
		return driver.Unavailable
	case errors.Is(err, native.ErrPktTooLarge):
		return driver.TooLarge
	case errors.Is(err, native.ErrCleartextPassword), errors.Is(err, native.ErrOldPassword), errors.Is(err, native.ErrNativePassword),
		errors.Is(err, native.ErrUnknownPlugin), errors.Is(err, native.ErrOldProtocol):
		return driver.Configuration
	}
	return driver.Internal
}

// partings are the errors with which the server closes a connection: it shuts
// down, it was told to, or it has waited for too long.
var partings = []uint16{1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 4031}

// isLost reports whether err means that the connection is lost, or was not
// made.
func isLost(err error) bool {
	var network net.Error
	var alert tls.AlertError
	var certificate *tls.CertificateVerificationError
	if server, ok := errors.AsType[*native.MySQLError](err); ok {
		return slices.Contains(partings, server.Number)
	}
	switch {
	case errors.As(err, &network), errors.As(err, &alert), errors.As(err, &certificate), errors.Is(err, sqldriver.ErrBadConn),
		errors.Is(err, native.ErrInvalidConn), errors.Is(err, native.ErrMalformPkt), errors.Is(err, native.ErrPktSync),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return true
	}
	return false
}

// isNumber reports whether err is the server's error of a number.
func isNumber(err error, number uint16) bool {
	server, ok := errors.AsType[*native.MySQLError](err)
	return ok && server.Number == number
}

// endsTransaction reports whether the server, or the loss of the connection,
// has undone the transaction in which err happened. Most errors undo only the
// statement; a lock that was waited for in vain does, too, unless the server is
// told otherwise.
func (f *facts) endsTransaction(err error) bool {
	if isLost(err) {
		return true
	}
	server, ok := errors.AsType[*native.MySQLError](err)
	if !ok {
		return false
	}
	switch server.Number {
	case errDeadlock, errLockTableFull, 1180, 1614, 3101:
		return true
	case errLockWaitTimeout:
		return f.rollsBackOnTimeout
	}
	return false
}
