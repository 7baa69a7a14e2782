// Package tsa asks a time-stamping authority for tokens: RFC 3161 over HTTP.
//
// Start with Client; it is a sign.Stamper. It trusts no answer: status, digest,
// nonce, signature, purpose of the certificate, its chain where roots are given,
// and the time against the own clock are checked before a token is handed on.
// It does not retry: whoever queues the work does. Sizes are bytes.
package tsa

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"time"

	"moqian/sign"
)

var (
	// ErrUnavailable: no answer, in time or at all; try again later.
	ErrUnavailable = errors.New("the time-stamping authority does not answer")
	// ErrRefused: it answered that it will not stamp this.
	ErrRefused = errors.New("the time-stamping authority refuses")
	// ErrLying: the answer does not fit the request, or cannot be trusted. Not a
	// matter of trying again.
	ErrLying = errors.New("the answer of the time-stamping authority is wrong")
)

const (
	maxAnswer      = 64 << 10
	defaultTimeout = 20 * time.Second
	defaultSkew    = 5 * time.Minute
)

// Client of one authority.
type Client struct {
	URL string
	// HTTP sends; nil: http.DefaultClient.
	HTTP *http.Client
	// Roots vouch for the authority; nil: its chain is not checked here.
	Roots *x509.CertPool
	// Now is the own clock; nil: no comparison of times.
	Now func() time.Time
	// Skew allowed between the clocks; 0: 5 minutes.
	Skew time.Duration
	// Timeout of one request; 0: 20 seconds.
	Timeout time.Duration
	// Random gives the nonce; nil: crypto/rand.
	Random io.Reader
}

var _ sign.Stamper = (*Client)(nil)

type imprint struct {
	Algorithm pkix.AlgorithmIdentifier
	Hash      []byte
}

// request is TimeStampReq, RFC 3161 §2.4.1.
type request struct {
	Version int
	Imprint imprint
	Nonce   *big.Int
	CertReq bool
}

// answer is TimeStampResp, §2.4.2.
type answer struct {
	Status struct {
		Status int
		Text   []asn1.RawValue `asn1:"optional"`
		Fail   asn1.BitString  `asn1:"optional"`
	}
	Token asn1.RawValue `asn1:"optional"`
}

// Stamp asks for a token over a SHA-256 digest. Errors wrap ErrUnavailable,
// ErrRefused or ErrLying.
func (c *Client) Stamp(ctx context.Context, digest [32]byte) ([]byte, error) {
	source := c.Random
	if source == nil {
		source = rand.Reader
	}
	nonce, err := rand.Int(source, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, fmt.Errorf("making a nonce: %w", err)
	}
	sha256 := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	req, err := asn1.Marshal(request{1, imprint{pkix.AlgorithmIdentifier{Algorithm: sha256, Parameters: asn1.NullRawValue}, digest[:]}, nonce, true})
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	raw, err := c.post(ctx, req)
	if err != nil {
		return nil, err
	}
	token, err := open(raw)
	if err != nil {
		return nil, err
	}
	if err := c.check(token, digest, nonce); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLying, err)
	}
	return token, nil
}

func (c *Client) post(ctx context.Context, body []byte) ([]byte, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: reading the answer: %w", ErrUnavailable, err)
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%w: %s", ErrUnavailable, res.Status)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: %s", ErrRefused, res.Status)
	case len(raw) > maxAnswer:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrLying, maxAnswer)
	}
	if kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err != nil || kind != "application/timestamp-reply" {
		return nil, fmt.Errorf("%w: it is of type %q", ErrLying, res.Header.Get("Content-Type"))
	}
	return raw, nil
}

// open takes the token out of an answer.
func open(raw []byte) ([]byte, error) {
	var a answer
	if rest, err := asn1.Unmarshal(raw, &a); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%w: it is no time-stamp response", ErrLying)
	}
	if a.Status.Status > 1 {
		text := ""
		if len(a.Status.Text) > 0 {
			text = ": " + string(a.Status.Text[0].Bytes)
		}
		return nil, fmt.Errorf("%w: status %d%s", ErrRefused, a.Status.Status, text)
	}
	if len(a.Token.FullBytes) == 0 {
		return nil, fmt.Errorf("%w: it grants, and holds no token", ErrLying)
	}
	return a.Token.FullBytes, nil
}

// check makes sure that the token answers this request.
func (c *Client) check(der []byte, digest [32]byte, nonce *big.Int) error {
	t, err := sign.ReadTokenOver(der, digest)
	if err != nil {
		return err
	}
	if t.Nonce == nil || t.Nonce.Cmp(nonce) != 0 {
		return errors.New("it answers another request (nonce)")
	}
	at := t.Time
	if c.Now != nil {
		skew := c.Skew
		if skew == 0 {
			skew = defaultSkew
		}
		at = c.Now()
		if d := t.Time.Sub(at); d > skew || d < -skew {
			return fmt.Errorf("it says %s, the clock here %s: one of them is wrong", t.Time.Format(time.RFC3339), at.Format(time.RFC3339))
		}
	}
	if c.Roots != nil {
		if err := t.Trust(c.Roots, at); err != nil {
			return fmt.Errorf("no root vouches for it: %w", err)
		}
	}
	return nil
}
