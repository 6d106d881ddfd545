package redis

import (
	"context"
	"crypto/tls"
	"net"
)

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// overTLS encrypts what dial connects to: the library does that only for
// connections of its own making.
func overTLS(dial dialer, config *tls.Config) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		plain, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		conn := tls.Client(plain, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			_ = plain.Close()
			return nil, err
		}
		return conn, nil
	}
}
