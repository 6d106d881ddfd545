package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
)

func TestReadPassword(t *testing.T) {
	for keys, want := range map[string]string{
		"secret\r": "secret", "secret\nmore": "secret", "\r": "", "sex\x7f\x08cret\r": "scret",
		"wrong\x15right\r": "right", "aé\x7f\r": "a", "\x7f\x7fa\r": "a", "a b\r": "a b",
	} {
		if got, err := readPassword(strings.NewReader(keys)); got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", keys, got, err, want)
		}
	}
	for keys, want := range map[string]error{"sec\x03ret\r": context.Canceled, "\x04": context.Canceled, "sec": driver.Unavailable} {
		if got, err := readPassword(strings.NewReader(keys)); !errors.Is(err, want) || got != "" {
			t.Errorf("%q: %q, %v; want %v", keys, got, err, want)
		}
	}
}
