package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rowan-db/rowan/store/driver"
)

func TestErrorsAreClassified(t *testing.T) {
	state := func(code string) error {
		return fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: code, Severity: "ERROR"})
	}
	for _, c := range []struct {
		err  error
		want driver.Kind
	}{
		{state("40P01"), driver.TryAgain}, {state("40001"), driver.TryAgain}, {state("55P03"), driver.Timeout},
		{state("42501"), driver.Permission}, {state("53100"), driver.Full}, {state("25006"), driver.ReadOnly},
		{state("42P01"), driver.NoTable}, {state("57P01"), driver.Unavailable}, {state("08006"), driver.Unavailable},
		{state("23505"), driver.Constraint}, {state("23514"), driver.Constraint}, {state("22003"), driver.BadValue},
		{state("57014"), driver.Timeout}, {state("28P01"), driver.Permission}, {state("3D000"), driver.NotFound},
		{state("54000"), driver.TooLarge}, {state("XX001"), driver.Corrupt}, {state("42P07"), driver.Exists},
		{state("P0001"), driver.Constraint}, {state("XX000"), driver.Internal},
		{&net.DNSError{IsNotFound: true}, driver.NotFound}, {&net.OpError{Err: errors.New("refused")}, driver.Unavailable},
		{io.ErrUnexpectedEOF, driver.Unavailable}, {context.Canceled, driver.Canceled}, {driver.Errorf(driver.NoRow, "x"), driver.NoRow},
		{errors.New("x"), driver.Internal},
	} {
		if got := classify(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

// TestCommitErrors: what is certain is not called unknown.
func TestCommitErrors(t *testing.T) {
	for _, c := range []struct {
		tag  string
		err  error
		want driver.Kind
	}{
		{"ROLLBACK", nil, driver.Closed},
		{"", &pgconn.PgError{Code: "23503", Severity: "ERROR"}, driver.Constraint},
		{"", &pgconn.PgError{Code: "40001", Severity: "ERROR"}, driver.TryAgain},
		{"", &pgconn.PgError{Code: "57P01", Severity: "FATAL"}, driver.OutcomeUnknown},
		{"", io.ErrUnexpectedEOF, driver.OutcomeUnknown},
		{"", context.Canceled, driver.OutcomeUnknown}, // the server did not answer to that either
	} {
		if got := classify(commitError(pgconn.NewCommandTag(c.tag), c.err)); got != c.want {
			t.Errorf("%q, %v: %q, want %q", c.tag, c.err, got, c.want)
		}
	}
	if err := commitError(pgconn.NewCommandTag("COMMIT"), nil); err != nil {
		t.Error(err)
	}
}
