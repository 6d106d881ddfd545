package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestEachKindHasItsName(t *testing.T) {
	seen := map[string]bool{}
	for k := Internal; k <= Timeout; k++ {
		if k.Error() == "" || seen[k.Error()] {
			t.Errorf("kind %d is called %q", uint8(k), k.Error())
		}
		seen[k.Error()] = true
	}
	if unknown := (Timeout + 1).Error(); !strings.Contains(unknown, fmt.Sprint(uint8(Timeout+1))) {
		t.Errorf("an unknown kind is called %q", unknown)
	}
}

func TestErrorIsItsKindAndItsCause(t *testing.T) {
	err := error(Errorf(Locked, "open x: %w", io.ErrClosedPipe).WithHint("close %s", "y"))
	if !errors.Is(err, Locked) || errors.Is(err, Full) || !errors.Is(err, io.ErrClosedPipe) {
		t.Error("errors.Is does not find the kind, or the cause")
	}
	if e, ok := errors.AsType[*Error](fmt.Errorf("wrapped: %w", err)); !ok || e.Hint != "close y" {
		t.Errorf("hint: %+v", e)
	}
	if want := "open x: " + io.ErrClosedPipe.Error(); err.Error() != want {
		t.Errorf("message %q, want %q", err, want)
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{nil, Internal},
		{io.EOF, Internal},
		{Full, Full},
		{fmt.Errorf("x: %w", Errorf(NoRow, "y")), NoRow},
		{fmt.Errorf("x: %w", context.Canceled), Canceled},
		{context.DeadlineExceeded, Canceled},
		{errors.Join(io.EOF, Errorf(Closed, "z")), Closed},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("KindOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}
