package upload

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// ErrCertificate: archive and workstation do not accept each other's
// certificates. Somebody must mend it, but not voucher by voucher, so it is an
// ErrUnreachable: a round ends early and the next one tries again.
var ErrCertificate = fmt.Errorf("certificates: %w", ErrUnreachable)

// What may be wrong with them; each is an ErrCertificate.
var (
	errNoCertificate = fmt.Errorf("%w: it asks for a client certificate and none is configured", ErrCertificate)
	errForeign       = fmt.Errorf("%w: it accepts client certificates of other authorities only", ErrCertificate)
	errExpired       = fmt.Errorf("%w: the client certificate is not valid today", ErrCertificate)
	errTurnedDown    = fmt.Errorf("%w: it turns the client certificate down", ErrCertificate)
	errImpostor      = fmt.Errorf("%w: its own certificate is not of a trusted authority, or of another host", ErrCertificate)
)

// doorman carries requests over TLS and says in plain words why a handshake
// failed. Under TLS 1.3 a server looks at the client's certificate after the
// client has begun to write, and what arrives first, its alert or a broken
// connection, is chance. So the doorman looks at the certificate itself when the
// server asks for it, and remembers what it saw for the case that all goes wrong.
type doorman struct {
	next http.RoundTripper
	own  []tls.Certificate
	now  func() time.Time

	mu   sync.Mutex
	seen error // what the last server to ask must have disliked, nil if nothing
}

// tlsConfig makes the doorman hear of each server that asks for a certificate.
func (d *doorman) tlsConfig(c *tls.Config) *tls.Config {
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c = c.Clone()
	if c.GetClientCertificate == nil {
		d.own = c.Certificates
		c.GetClientCertificate = d.present
	}
	return c
}

// present chooses as crypto/tls does: the first certificate that suits the
// server, else none.
func (d *doorman) present(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	chosen, seen := &tls.Certificate{}, errNoCertificate
	for i := range d.own {
		seen = errForeign
		if asked.SupportsCertificate(&d.own[i]) == nil {
			chosen, seen = &d.own[i], d.validity(&d.own[i])
			break
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = seen
	return chosen, nil
}

func (d *doorman) validity(c *tls.Certificate) error {
	if len(c.Certificate) == 0 {
		return nil
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		return fmt.Errorf("%w: %w", errTurnedDown, err)
	}
	if now := d.now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return fmt.Errorf("%w: it is valid from %s to %s", errExpired,
			leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
	}
	return nil
}

// RoundTrip explains what crypto/tls says.
func (d *doorman) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := d.next.RoundTrip(req)
	if err == nil || req.URL.Scheme != "https" || req.Context().Err() != nil {
		return resp, err
	}
	var theirs *tls.CertificateVerificationError
	if errors.As(err, &theirs) {
		return nil, fmt.Errorf("%w: %w", errImpostor, err)
	}
	d.mu.Lock()
	seen := d.seen
	d.mu.Unlock()
	var alert *net.OpError
	switch told := errors.As(err, &alert) && alert.Op == "remote error"; {
	case seen != nil:
		return nil, fmt.Errorf("%w: %w", seen, err)
	case told:
		return nil, fmt.Errorf("%w: %w", errTurnedDown, err)
	}
	return nil, err
}
