//go:build !cgo

package sqlite

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
)

func TestOpenWithoutCgo(t *testing.T) {
	_, err := Open(context.Background(), "x.db", Options{})
	var e *driver.Error
	if !errors.Is(err, driver.Unsupported) || !errors.As(err, &e) || !strings.Contains(e.Hint, "CGO_ENABLED=1") {
		t.Errorf("%v", err)
	}
}
