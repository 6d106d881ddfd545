package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/store/driver"
)

// The SQLSTATEs that are asked for by name.
const (
	stateCanceled    = "57014"
	stateShutdown    = "57P01"
	stateStalePlan   = "0A000"
	stateNoStatement = "26000"
	stateUnique      = "23505"
	stateSyntax      = "42601"
	stateNoColumn    = "42703"
)

// states are the kinds of SQLSTATEs, classes the kinds of what is not in it by
// the first two characters. The codes are those of Appendix A of PostgreSQL's
// documentation.
var states = map[string]driver.Kind{
	"0A000":          driver.Unsupported, // feature not supported
	"22P05":          driver.BadValue,    // untranslatable character
	"23502":          driver.Constraint,  // not null violation
	"25006":          driver.ReadOnly,    // read-only transaction
	"25P02":          driver.Closed,      // the transaction has failed
	"25P03":          driver.Unavailable, // idle in transaction for too long
	"2BP01":          driver.Constraint,  // other objects depend on it
	"3D000":          driver.NotFound,    // no such database
	"3F000":          driver.NoTable,     // no such schema
	"40001":          driver.TryAgain,    // serialization failure
	"40P01":          driver.TryAgain,    // deadlock
	"40003":          driver.OutcomeUnknown,
	"42501":          driver.Permission,
	"42P01":          driver.NoTable,
	"42P07":          driver.Exists,        // table
	"42P06":          driver.Exists,        // schema
	"42710":          driver.Exists,        // other object
	"42704":          driver.Configuration, // undefined object
	"42804":          driver.BadValue,      // datatype mismatch
	"428C9":          driver.ReadOnly,      // generated always
	"53100":          driver.Full,          // disk
	"53200":          driver.Full,          // memory
	"53300":          driver.Unavailable,   // too many connections
	"54000":          driver.TooLarge,      // program limit, such as an index entry
	"54011":          driver.TooLarge,      // too many columns
	"55000":          driver.Unsupported,   // not in the state for it
	"55006":          driver.Locked,        // object in use
	"55P03":          driver.Timeout,       // lock not available
	stateCanceled:    driver.Timeout,       // by statement_timeout, if not by us
	stateShutdown:    driver.Unavailable,
	"57P02":          driver.Unavailable, // crash
	"57P03":          driver.Unavailable, // starting up
	"57P04":          driver.NotFound,    // database dropped
	"57P05":          driver.Unavailable, // idle session
	"P0001":          driver.Constraint,  // RAISE EXCEPTION of a trigger or function
	"XX001":          driver.Corrupt,
	"XX002":          driver.Corrupt,
	stateNoStatement: driver.Unavailable,
	"42P05":          driver.Unavailable, // a proxy mixes connections up
}

var classes = map[string]driver.Kind{
	"08": driver.Unavailable, // connection
	"22": driver.BadValue,    // data
	"23": driver.Constraint,
	"25": driver.Closed, // transaction state
	"28": driver.Permission,
	"40": driver.TryAgain,   // rolled back
	"44": driver.Constraint, // WITH CHECK OPTION
	"53": driver.Full,
	"57": driver.Unavailable,
	"58": driver.Unavailable, // the server's system
}

// classify implements [driver.DB].
func classify(err error) driver.Kind {
	if k := driver.KindOf(err); k != driver.Internal {
		return k
	}
	if isStale(err) {
		return driver.TryAgain
	}
	if state := sqlState(err); state != "" {
		return kindOfState(state)
	}
	var unverified *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var dns *net.DNSError
	switch {
	case errors.As(err, &unverified), errors.As(err, &authority):
		return driver.Permission
	case errors.As(err, &dns) && dns.IsNotFound:
		return driver.NotFound
	case isLost(err):
		return driver.Unavailable
	}
	return driver.Internal
}

func kindOfState(state string) driver.Kind {
	if k, ok := states[state]; ok {
		return k
	}
	return classes[state[:min(2, len(state))]]
}

// sqlState returns the SQLSTATE of a server's error, or "".
func sqlState(err error) string {
	if native, ok := errors.AsType[*pgconn.PgError](err); ok {
		return native.Code
	}
	return ""
}

// withDetail adds to a server's error, as what can be done, what the server says
// beside its message: which key is missing, or what a function is called.
func withDetail(err error) error {
	native, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || native.Detail == "" && native.Hint == "" || driver.KindOf(err) != driver.Internal {
		return err
	}
	more := strings.TrimSpace(native.Detail + " " + native.Hint)
	return &driver.Error{Kind: classify(err), Hint: more, Err: err}
}

// isLost reports whether the connection, and not the statement, has failed.
func isLost(err error) bool {
	if native, ok := errors.AsType[*pgconn.PgError](err); ok {
		return native.Severity == "FATAL" || native.SeverityUnlocalized == "FATAL" || kindOfState(native.Code) == driver.Unavailable
	}
	var network net.Error
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &connecting), errors.As(err, &network),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
		return true
	}
	return pgconn.SafeToRetry(err) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// isStale reports whether a prepared statement no longer fits its table, or
// the server does not know it: another try without it may do.
func isStale(err error) bool {
	native, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (native.Code == stateNoStatement || native.Code == stateStalePlan && native.Routine == "RevalidateCachedQuery")
}
