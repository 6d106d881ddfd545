package cli

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/rowan-db/rowan/store/profile"
)

// describeTLS tells how a connection is encrypted, and what is known of the
// server thereby.
func describeTLS(access *profile.Access) string {
	state := access.TLSState()
	if state == nil {
		return "none"
	}
	text := tls.VersionName(state.Version) + ", " + tls.CipherSuiteName(state.CipherSuite)
	if len(state.PeerCertificates) > 0 {
		text += fmt.Sprintf("; the certificate is valid until %s", state.PeerCertificates[0].NotAfter.UTC().Format(time.DateOnly))
	}
	if !access.Verified() {
		text += ", and was not checked"
	}
	return text
}
