package profile

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
)

// TLSMode says whether a connection is encrypted, and what is checked of the
// server's certificate.
type TLSMode string

// The modes, which are those of libpq.
const (
	// TLSUnset leaves it to the URL, and then to the database's usual mode.
	TLSUnset TLSMode = ""
	// TLSDisable is plain text.
	TLSDisable TLSMode = "disable"
	// TLSPrefer encrypts if the server can. Nothing is checked.
	TLSPrefer TLSMode = "prefer"
	// TLSRequire encrypts, and checks nothing: anybody may be the server.
	TLSRequire TLSMode = "require"
	// TLSVerifyCA checks who has signed the certificate, not for which host.
	TLSVerifyCA TLSMode = "verify-ca"
	// TLSVerifyFull checks that the certificate is signed, and for this host.
	TLSVerifyFull TLSMode = "verify-full"
)

// tlsModes lists the modes that can be chosen.
var tlsModes = []TLSMode{TLSDisable, TLSPrefer, TLSRequire, TLSVerifyCA, TLSVerifyFull}

// tlsNames are other names of modes, as tools of several databases spell them.
var tlsNames = map[string]TLSMode{
	"allow": TLSPrefer, "preferred": TLSPrefer,
	"false": TLSDisable, "disabled": TLSDisable, "0": TLSDisable,
	"true": TLSVerifyFull, "1": TLSVerifyFull, "verify_identity": TLSVerifyFull,
	"required": TLSRequire, "skip-verify": TLSRequire, "verify_ca": TLSVerifyCA,
}

// TLS says how a connection is encrypted.
type TLS struct {
	Mode TLSMode
	// CA is a file of the authorities that may have signed the server's
	// certificate; empty means those that the system trusts.
	CA string
	// Cert and Key are files of the client's own certificate and its key.
	Cert, Key string
	// ServerName is whom the certificate must be for, if not the URL's host.
	ServerName string
}

// fillMode sets the mode, unless there is one, to what a setting says.
func (t *TLS) fillMode(setting, text string) error {
	if t.Mode != TLSUnset || text == "" {
		return nil
	}
	mode, err := parseTLSMode(text)
	if err != nil {
		return driver.Errorf(driver.Configuration, "%s is %q, which is no way to encrypt", setting, text).
			WithHint("the ways are disable, prefer, require, verify-ca and verify-full")
	}
	if mode == TLSRequire && t.CA != "" {
		mode = TLSVerifyCA // as libpq reads it: whoever names authorities wants them asked
	}
	t.Mode = mode
	return nil
}

func parseTLSMode(text string) (TLSMode, error) {
	lower := strings.ToLower(text)
	for _, m := range tlsModes {
		if string(m) == lower {
			return m, nil
		}
	}
	if m, ok := tlsNames[lower]; ok {
		return m, nil
	}
	return TLSUnset, errors.New("it is one of disable, prefer, require, verify-ca and verify-full")
}

// config returns how to encrypt connections to host, nil for not at all, and
// whether plain text will do. usual is the mode if none is set: but who names
// certificates wants them to be used.
func (t TLS) config(host string, usual TLSMode) (config *tls.Config, optional bool, err error) {
	if t.Mode == TLSUnset && (t.CA != "" || t.Cert != "" || t.ServerName != "") {
		usual = TLSVerifyFull
	}
	mode := cmp.Or(t.Mode, usual)
	if mode == TLSDisable {
		return nil, false, nil
	}
	config = &tls.Config{ServerName: cmp.Or(t.ServerName, host)}
	if config.RootCAs, err = t.authorities(); err != nil {
		return nil, false, err
	}
	if config.Certificates, err = t.certificates(); err != nil {
		return nil, false, err
	}
	if mode != TLSVerifyFull {
		config.InsecureSkipVerify = true
	}
	if mode == TLSVerifyCA {
		config.VerifyConnection = signedBy(config)
	}
	return config, mode == TLSPrefer, nil
}

// authorities reads the file of authorities; nil means those of the system.
func (t TLS) authorities() (*x509.CertPool, error) {
	if t.CA == "" {
		return nil, nil
	}
	text, err := os.ReadFile(t.CA)
	if err != nil {
		return nil, driver.Errorf(driver.Configuration, "the certificates of authorities in %s cannot be read: %w", t.CA, cause(err)).
			WithHint("check the path of tls_ca, or leave it out to trust those of the system")
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, driver.Errorf(driver.Configuration, "there is no certificate in %s", t.CA).
			WithHint("tls_ca names a file with certificates in PEM form, which begin with -----BEGIN CERTIFICATE-----")
	}
	return pool, nil
}

// certificates reads the client's own certificate, if it has one.
func (t TLS) certificates() ([]tls.Certificate, error) {
	if t.Cert == "" && t.Key == "" {
		return nil, nil
	}
	if t.Cert == "" || t.Key == "" {
		return nil, driver.Errorf(driver.Configuration, "a client's certificate and its key go together, and only one of them is given").
			WithHint("set both tls_cert and tls_key")
	}
	pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
	if err != nil {
		return nil, driver.Errorf(driver.Configuration, "the client's certificate %s with the key %s cannot be used: %w", t.Cert, t.Key, err).
			WithHint("both are files in PEM form, the key without a passphrase")
	}
	return []tls.Certificate{pair}, nil
}

// signedBy returns the check that the server's certificate is signed by one of
// the authorities of config, whatever host it is for.
func signedBy(config *tls.Config) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: config.RootCAs, Intermediates: x509.NewCertPool()}
		for _, c := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
}
