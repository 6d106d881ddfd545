package profile

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// Explain makes of the error of a connection that was not made one that says
// what is wrong and what to do about it. An error that a backend has given a
// hint, or that is about something else, is returned as it is.
func Explain(c driver.Connection, err error) error {
	if e, ok := errors.AsType[*driver.Error](err); ok && e.Hint != "" {
		return e // of the tunnel, the source of the password, or the backend itself
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	for _, explain := range []func(driver.Connection, error) *driver.Error{explainCertificate, explainTLS, explainNetwork} {
		if e := explain(c, err); e != nil {
			e.Err = &explained{e.Err.Error(), err}
			return e
		}
	}
	return err
}

// explained is an error in other words.
type explained struct {
	text  string
	cause error
}

// Error returns the other words.
func (e *explained) Error() string { return e.text }

// Unwrap returns the error itself.
func (e *explained) Unwrap() error { return e.cause }

// date is how the time limits of certificates are written.
const date = "2006-01-02 15:04 MST"

// explainCertificate is about the server's certificate.
func explainCertificate(c driver.Connection, err error) *driver.Error {
	host := c.URL.Host
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		return driver.Errorf(driver.Configuration, "the certificate of %s is for another name: it is valid for %s, not for %s", host, names(e.Certificate), e.Host).
			WithHint("if that is the server you mean, set tls_server_name in the profile to a name of the certificate")
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		if time.Now().Before(e.Cert.NotBefore) {
			return driver.Errorf(driver.Configuration, "the certificate of %s is not valid before %s", host, e.Cert.NotBefore.UTC().Format(date)).
				WithHint("check the clock of this machine")
		}
		return driver.Errorf(driver.Configuration, "the certificate of %s expired on %s", host, e.Cert.NotAfter.UTC().Format(date)).
			WithHint("whoever runs the server has to renew it")
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return driver.Errorf(driver.Configuration, "the certificate of %s is signed by an authority that is not trusted here", host).
			WithHint("set tls_ca in the profile to the file of the authority's certificate")
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return driver.Errorf(driver.Configuration, "the certificate of %s is not accepted: %w", host, e.Err).
			WithHint("ask who runs the server")
	}
	return nil
}

// names lists whom a certificate is for.
func names(cert *x509.Certificate) string {
	all := append([]string{}, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return "no name"
	}
	return strings.Join(all, ", ")
}

// explainTLS is about encryption that the two sides do not agree on.
func explainTLS(c driver.Connection, err error) *driver.Error {
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" { // as crypto/tls calls it
		e := driver.Errorf(driver.Configuration, "%s ended the encrypted connection: %w", c.URL.Host, alert.Err)
		if c.TLS == nil || len(c.TLS.Certificates) == 0 {
			return e.WithHint("the server may want a certificate of the client: set tls_cert and tls_key in the profile")
		}
		return e.WithHint("the server may not know who signed tls_cert")
	}
	if c.TLS != nil && !c.TLSOptional && refusesTLS(err) {
		return driver.Errorf(driver.Configuration, "%s does not know encryption, and the settings want it", c.URL.Host).
			WithHint("whoever runs the server can turn it on; set tls to prefer or disable if nobody can listen on the way")
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return driver.Errorf(driver.Configuration, "%s does not speak TLS", c.URL.Host).
			WithHint("check the port, or set tls to disable if nobody can listen on the way")
	}
	return nil
}

// refusesTLS reports whether a server without TLS was asked for it: the drivers
// of PostgreSQL and of MySQL have no more than these texts for that.
func refusesTLS(err error) bool {
	return strings.Contains(err.Error(), "server refused TLS connection") || strings.Contains(err.Error(), "server does not support TLS")
}

// explainNetwork is about servers that cannot be reached.
func explainNetwork(c driver.Connection, err error) *driver.Error {
	host := c.URL.Host
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		if e.IsNotFound {
			return driver.Errorf(driver.NotFound, "there is no host %s", e.Name).
				WithHint("check the spelling; a name that only another network knows needs a VPN, or ssh in the profile")
		}
		return driver.Errorf(driver.Unavailable, "the address of the host %s cannot be found out: %s", e.Name, e.Err).
			WithHint("check the connection to the network")
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return driver.Errorf(driver.Unavailable, "nothing answers at %s: the connection was refused", host).
			WithHint("check that the server runs, and the port")
	case errors.Is(err, syscall.ENOENT):
		return driver.Errorf(driver.NotFound, "there is no socket of a server: %w", err).
			WithHint("check that the server runs, and the path")
	case isTimeout(err):
		return driver.Errorf(driver.Unavailable, "%s did not answer in time", host).
			WithHint("check the host and the port; a firewall may stand between, or the server be busy: connect_timeout in the profile waits longer")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return driver.Errorf(driver.Unavailable, "there is no way to %s from this network", host).
			WithHint("check the connection to the network, or the VPN")
	}
	return nil
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout() || errors.Is(err, context.DeadlineExceeded)
}
