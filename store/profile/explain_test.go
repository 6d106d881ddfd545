package profile

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/driver"
)

// authority signs certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // the certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t, cert, key, filepath.Join(t.TempDir(), "ca.pem")}
	a.write(a.file, "CERTIFICATE", der)
	return a
}

func (a *authority) write(path, kind string, der []byte) {
	a.t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// issue returns the files of a certificate for a name.
func (a *authority) issue(name string, notBefore, notAfter time.Time) (cert, key string) {
	a.t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: notBefore, NotAfter: notAfter, DNSNames: []string{name}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, own.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		a.t.Fatal(err)
	}
	dir := a.t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.write(cert, "CERTIFICATE", der)
	a.write(key, "PRIVATE KEY", private)
	return cert, key
}

// serve starts a server with a certificate, which may ask clients for one of
// theirs, and returns its port.
func serve(t *testing.T, cert, key string, clients *x509.CertPool) string {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	if clients != nil {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, clients
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.WriteString(c, "hello")
			}()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// connect connects as a backend does, and returns the error as it is shown.
func connect(t *testing.T, p Profile) error {
	t.Helper()
	a, err := Resolve(p)
	if err != nil {
		t.Fatal(err)
	}
	c := a.Connection
	var d net.Dialer
	raw, err := d.DialContext(t.Context(), "tcp", c.URL.Host)
	if err != nil {
		return Explain(c, fmt.Errorf("failed to connect: %w", err))
	}
	defer raw.Close()
	secure := tls.Client(raw, c.TLS)
	if _, err := io.ReadFull(secure, make([]byte, 5)); err != nil {
		return Explain(c, fmt.Errorf("failed to connect: %w", err))
	}
	return nil
}

func TestCertificates(t *testing.T) {
	athome(t)
	ca, other := newAuthority(t), newAuthority(t)
	now := time.Now()
	day := 24 * time.Hour
	start := func(name string, from, to time.Time, clients *x509.CertPool) string {
		cert, key := ca.issue(name, from, to)
		return "postgres://ada@localhost:" + serve(t, cert, key, clients) + "/x"
	}
	good := start("localhost", now.Add(-day), now.Add(day), nil)
	expired := start("localhost", now.Add(-2*day), now.Add(-day), nil)
	future := start("localhost", now.Add(day), now.Add(2*day), nil)
	elsewhere := start("db.example.org", now.Add(-day), now.Add(day), nil)
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	choosy := start("localhost", now.Add(-day), now.Add(day), pool)
	cert, key := ca.issue("ada", now.Add(-day), now.Add(day))
	full := TLS{Mode: TLSVerifyFull, CA: ca.file}
	for _, c := range []struct {
		name, target string
		tls          TLS
		want, hint   string // no want: it connects
	}{
		{"good", good, full, "", ""},
		{"without a mode", good, TLS{CA: ca.file}, "", ""},
		{"expired", expired, full, "expired on", "renew"},
		{"not yet valid", future, full, "is not valid before", "clock"},
		{"another name", elsewhere, full, "valid for db.example.org, not for localhost", "tls_server_name"},
		{"another name that is meant", elsewhere, TLS{CA: ca.file, ServerName: "db.example.org"}, "", ""},
		{"another name, authority only", elsewhere, TLS{Mode: TLSVerifyCA, CA: ca.file}, "", ""},
		{"expired, authority only", expired, TLS{Mode: TLSVerifyCA, CA: ca.file}, "expired on", "renew"},
		{"another authority", good, TLS{CA: other.file}, "not trusted here", "tls_ca"},
		{"another authority, authority only", good, TLS{Mode: TLSVerifyCA, CA: other.file}, "not trusted here", "tls_ca"},
		{"another authority, unchecked", good, TLS{Mode: TLSRequire}, "", ""},
		{"client without a certificate", choosy, full, "ended the encrypted connection", "tls_cert"},
		{"client with a certificate", choosy, TLS{CA: ca.file, Cert: cert, Key: key}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := connect(t, Profile{Target: c.target, TLS: c.tls})
			if c.want == "" {
				if err != nil {
					t.Errorf("it does not connect: %v", err)
				}
				return
			}
			var e *driver.Error
			if !errors.As(err, &e) || e.Kind != driver.Configuration || !strings.Contains(err.Error(), c.want) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestNetworkErrors checks what is said of servers that cannot be reached.
func TestNetworkErrors(t *testing.T) {
	athome(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	if err := connect(t, Profile{Target: "postgres://" + address + "/x"}); !errors.Is(err, driver.Unavailable) ||
		!errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(err.Error(), "nothing answers at "+address) {
		t.Errorf("a port without a server: %v", err)
	}
	c := resolve(t, "postgres://db.example.invalid/x").Connection
	ended, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for _, w := range []struct {
		err  error
		kind driver.Kind
		want string
	}{
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "db.example.invalid", IsNotFound: true}}, driver.NotFound, "there is no host db.example.invalid"},
		{&net.DNSError{Err: "server misbehaving", Name: "db"}, driver.Unavailable, "server misbehaving"},
		{ended.Err(), driver.Unavailable, "did not answer in time"},
		{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, driver.Configuration, "does not speak TLS"},
		{&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, driver.Unavailable, "no way to"},
		{&net.OpError{Op: "dial", Err: syscall.ENOENT}, driver.NotFound, "no socket"},
	} {
		err := Explain(c, fmt.Errorf("x: %w", w.err))
		var e *driver.Error
		if !errors.As(err, &e) || e.Kind != w.kind || e.Hint == "" || !strings.Contains(err.Error(), w.want) {
			t.Errorf("%v: got %v", w.err, err)
		}
	}
	own := driver.Errorf(driver.Permission, "no").WithHint("own")
	if err := Explain(c, fmt.Errorf("x: %w", own)); err != error(own) {
		t.Errorf("an error with a hint is now %v", err)
	}
	if err := Explain(c, context.Canceled); err != context.Canceled {
		t.Errorf("that it was canceled is now %v", err)
	}
}
