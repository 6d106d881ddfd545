package redis

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	client "github.com/redis/go-redis/v9"

	"github.com/rowan-db/rowan/store/driver"
)

// classes maps the first word of the server's errors to kinds.
var classes = map[string]driver.Kind{
	"NOAUTH":      driver.Permission,
	"WRONGPASS":   driver.Permission,
	"NOPERM":      driver.Permission,
	"DENIED":      driver.Permission,
	"READONLY":    driver.ReadOnly,
	"OOM":         driver.Full,
	"MISCONF":     driver.Full, // it cannot save, so it refuses writes
	"WRONGTYPE":   driver.BadValue,
	"LOADING":     driver.Unavailable,
	"BUSY":        driver.Unavailable,
	"MASTERDOWN":  driver.Unavailable,
	"CLUSTERDOWN": driver.Unavailable,
	"NOREPLICAS":  driver.Unavailable,
	"TRYAGAIN":    driver.TryAgain,
	"MOVED":       driver.Unsupported,
	"ASK":         driver.Unsupported,
	"CROSSSLOT":   driver.Unsupported,
}

// Classify implements [driver.DB].
func (db *DB) Classify(err error) driver.Kind { return classify(err) }

func classify(err error) driver.Kind {
	if k := driver.KindOf(err); k != driver.Internal {
		return k
	}
	var answer client.Error
	var network net.Error
	switch {
	case errors.Is(err, errChanged):
		return driver.TryAgain
	case errors.Is(err, client.ErrClosed):
		return driver.Closed
	case errors.As(err, &answer):
		return classifyAnswer(answer.Error())
	case errors.As(err, &network) && network.Timeout():
		return driver.Timeout
	case lost(err), errors.Is(err, client.ErrPoolTimeout), errors.Is(err, client.ErrPoolExhausted):
		return driver.Unavailable
	}
	return driver.Internal
}

func classifyAnswer(text string) driver.Kind {
	// A failure within a transaction is told after this word.
	text = strings.TrimPrefix(text, "EXECABORT Transaction discarded because of: ")
	word, rest, _ := strings.Cut(text, " ")
	if k, ok := classes[word]; ok {
		return k
	}
	switch {
	case strings.HasPrefix(rest, "invalid password"), strings.HasPrefix(rest, "AUTH "), strings.HasPrefix(rest, "Client sent AUTH"):
		return driver.Permission
	case strings.Contains(rest, "DB index is out of range"):
		return driver.NotFound
	case strings.Contains(rest, "max number of clients"):
		return driver.Unavailable
	}
	return driver.Internal
}

// lost reports whether err is the loss of a connection, or that there is none
// to be had.
func lost(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// explain adds what to do about a failure to connect, where the server's words
// do not say.
func explain(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	switch classify(err) {
	case driver.NotFound:
		return driver.Errorf(driver.NotFound, "the server has no such database: %w", err).
			WithHint("most servers have the databases 0 to 15")
	case driver.Permission:
		return driver.Errorf(driver.Permission, "the server refused the login: %w", err).
			WithHint("check the user and the password; without a user, it is that of \"default\"")
	}
	return err
}
