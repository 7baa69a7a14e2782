package sign

import (
	"time"
	"unicode/utf16"

	"moqian/sign/pdf"
)

// Verdict about a file.
type Verdict string

const (
	Valid     Verdict = "valid"     // every signature intact and trusted, nothing forbidden follows
	Untrusted Verdict = "untrusted" // intact, but no given root vouches for a signatory, or by a weak algorithm
	Invalid   Verdict = "invalid"
	Unsigned  Verdict = "unsigned"
	Error     Verdict = "error" // not a PDF
)

// Proof is what a file shows of a legal condition.
type Proof string

const (
	Proven      Proof = "proven"
	Claimed     Proof = "claimed"      // stated by certificate policy, not provable from the file
	NotProvable Proof = "not provable" // nothing in the file speaks to it
	Broken      Proof = "broken"
)

// Law is art. 13 of the Electronic Signature Law, condition by condition.
type Law struct {
	// Exclusive: the signature data belong to the signatory alone.
	Exclusive Proof `json:"exclusive"`
	// Control: they were under the signatory's sole control when signing.
	Control Proof `json:"control"`
	// SignatureIntact: later changes of the signature can be found.
	SignatureIntact Proof `json:"signature_intact"`
	// ContentIntact: later changes of content and form can be found.
	ContentIntact Proof `json:"content_intact"`
}

// Kinds of signatures.
const (
	KindCertification = "certification"
	KindApproval      = "approval"
	KindDocTimeStamp  = "doc-timestamp"
)

// Signature is what is known of one signature.
type Signature struct {
	// Kind is certification, approval or doc-timestamp.
	Kind      string `json:"kind"`
	Field     string `json:"field"`
	Signatory string `json:"signatory"`
	Algorithm string `json:"algorithm"`
	Digest    string `json:"digest"`
	// Intact: ByteRange, digest, attributes and signature all fit.
	Intact bool `json:"intact"`
	// WholeFile: it covers the file to its last byte.
	WholeFile bool `json:"whole_file"`
	// LaterChanges: none, allowed or forbidden.
	LaterChanges string `json:"later_changes"`
	// Chain: trusted or untrusted.
	Chain string `json:"chain"`
	Level string `json:"level"`
	// SignedAt is RFC 3339; TimeSource says whose word it is.
	SignedAt   string `json:"signed_at"`
	TimeSource string `json:"time_source"`
	// Certificate is the SHA-256 of the signatory's certificate, hex.
	Certificate string `json:"certificate_sha256,omitempty"`
	// Revision that it covers, from 1; 0: none.
	Revision int `json:"revision"`
	// Revocation of the chain: good, unknown (no list covers it) or revoked.
	Revocation string `json:"revocation"`
	// Range is the SHA-256 over the signed bytes, hex: what slips carry.
	Range string `json:"byte_range_sha256,omitempty"`
}

// Problem is one finding, in both languages.
type Problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Report is the judgement of a file.
type Report struct {
	Verdict    Verdict     `json:"verdict"`
	Signatures []Signature `json:"signatures"`
	Law        Law         `json:"law"`
	Problems   []Problem   `json:"problems"`
	// Changes are the revisions behind the first signature.
	Changes []Change `json:"changes,omitempty"`
}

// Change is what one revision did after a signature. Kinds are dss,
// doc-timestamp, signature, forbidden; none: nothing that matters.
type Change struct {
	Revision int      `json:"revision"` // from 1
	Allowed  bool     `json:"allowed"`
	Kinds    []string `json:"kinds"`
}

// claimedTime reads a claimed time of a signature dictionary:
// D:20260318140532+08'00'.
func claimedTime(s string) string {
	for _, layout := range []string{"D:20060102150405-07'00'", "D:20060102150405-07'00", "D:20060102150405Z00'00'", "D:20060102150405Z", "D:20060102150405"} {
		if t, err := time.Parse(layout, s); err == nil {
			return rfc3339(t)
		}
	}
	return ""
}

func rfc3339(t time.Time) string { return t.Format(time.RFC3339) }

// readable is a text string as UTF-8 (§7.9.2.2).
func readable(s pdf.String) string {
	if len(s) < 2 || s[0] != 0xfe || s[1] != 0xff {
		return string(s)
	}
	var u []uint16
	for i := 2; i+1 < len(s); i += 2 {
		u = append(u, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(u))
}

// textOf an object that is a string, else empty.
func textOf(o pdf.Object) string {
	s, _ := o.(pdf.String)
	return string(s)
}
