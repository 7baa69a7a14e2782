// Package proof says everything that one voucher proves: it joins the judgement
// of the signatures (package sign) with the marks in the ink and the evidence of
// its capture (package manifest), and words what follows for each condition of
// art. 13 of the Electronic Signature Law in Chinese and English.
//
// Start with Examine; a File is one element of the JSON that `tellerctl verify`
// prints. It reads only the bytes it is given: no log, no network. What it
// cannot show from them it calls claimed or not provable. The voucher's data are
// those of the revision that the first signatory signed, whatever a later one says.
package proof

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"time"

	"moqian/cmd/internal/manifest"
	"moqian/render/pdf"
	"moqian/render/watermark"
	"moqian/sign"
	object "moqian/sign/pdf"
)

// Options of an examination.
type Options struct {
	// Roots vouch for signatories, TSARoots for time stamps (nil: Roots do).
	Roots, TSARoots *x509.CertPool
	// CRLs are revocation lists beside those in the file.
	CRLs []*x509.RevocationList
	// MarkKey and MarkKeys read the marks: of several the one that the voucher's
	// data name, so that a voucher of last year reads with last year's key. Of
	// MarkMaster, head office's, the branch's key of the year is derived. None
	// of them: the keyed marks are not looked for.
	MarkKey    *watermark.Key
	MarkKeys   []watermark.Key
	MarkMaster *[32]byte
	// MarkPublic are the registered keys that sign ink. A key that only the
	// voucher's data name is tried as well.
	MarkPublic []ed25519.PublicKey
	// At is the moment of judgement.
	At time.Time
	// RootNames are named in the report; see report.
	RootNames []string
}

// File is what is known of one file.
type File struct {
	File       string           `json:"file"`
	Verdict    sign.Verdict     `json:"verdict"`
	Signatures []sign.Signature `json:"signatures"`
	Law        sign.Law         `json:"law"`
	Mark       Mark             `json:"mark"`
	Pad        Pad              `json:"pad"`
	Voucher    *Voucher         `json:"voucher"`
	Findings   []Finding        `json:"findings"`
	// Changes are the revisions behind the first signature.
	Changes   []sign.Change  `json:"changes"`
	Problems  []sign.Problem `json:"problems"`
	Bytes     int            `json:"bytes"`
	Pages     int            `json:"pages"`
	Revisions int            `json:"revisions"`
	SHA256    string         `json:"sha256"`
	At        time.Time      `json:"judged_at"`
	Roots     []string       `json:"roots,omitempty"`
}

// Voucher is what the file's data says; nil in File for other PDFs.
type Voucher struct {
	Number      string    `json:"number"`
	Type        string    `json:"type"`
	Business    string    `json:"business"`
	Time        time.Time `json:"time"`
	Branch      string    `json:"branch"`
	Workstation string    `json:"workstation"`
	Teller      string    `json:"teller"`
	Supervisor  string    `json:"supervisor,omitempty"`
	Test        bool      `json:"test"`
	Text        string    `json:"text_sha256"`
	Signers     int       `json:"signers"`
	// MarkKey names the key of the marks; see manifest.KeyID.
	MarkKey string `json:"mark_key,omitempty"`
	// MarkPublic is the Ed25519 key that signs the ink, hex.
	MarkPublic string `json:"mark_public,omitempty"`
}

// Pad is the evidence of all captures. Source says whose word it is: "signed"
// when an intact signature covers it, else "unsigned".
type Pad struct {
	Source  string       `json:"source"`
	Virtual bool         `json:"virtual"`
	Signers []PadCapture `json:"signers"`
}

// PadCapture is one signer's.
type PadCapture struct {
	Role         string    `json:"role"`
	Model        string    `json:"model"`
	VID          uint16    `json:"vid"`
	PID          uint16    `json:"pid"`
	Serial       string    `json:"serial,omitempty"`
	Firmware     string    `json:"firmware,omitempty"`
	Virtual      bool      `json:"virtual"`
	Time         time.Time `json:"time"`
	Milliseconds int64     `json:"ms"`
	Samples      int       `json:"samples"`
	Gaps         int       `json:"gaps"`
	Lost         int       `json:"lost"`
	Rejected     int       `json:"rejected"`
	Reports      string    `json:"reports_sha256"`
	Calibration  string    `json:"calibration,omitempty"`
}

// Examine judges a file. It never fails: what is wrong stands in the result.
// Cancelling ctx leaves the marks unread.
func Examine(ctx context.Context, file []byte, o Options) File {
	e := &examiner{ctx: ctx, options: o}
	r := sign.Verify(file, sign.Options{Roots: o.Roots, TSARoots: o.TSARoots, CRLs: o.CRLs, At: o.At})
	sum := sha256.Sum256(file)
	e.File = File{
		Verdict: r.Verdict, Signatures: r.Signatures, Law: r.Law, Problems: r.Problems, Changes: append([]sign.Change{}, r.Changes...),
		Mark:  Mark{Binding: Binding{State: watermark.Absent, Altered: []int{}}, Signers: []SignerMark{}},
		Pad:   Pad{Source: "unsigned", Signers: []PadCapture{}},
		Bytes: len(file), SHA256: hex.EncodeToString(sum[:]), At: o.At, Roots: o.RootNames,
	}
	if doc, err := object.Parse(file); err == nil {
		e.count(doc)
		e.read(doc)
	} else if doc, err := object.ParseForeign(file); err == nil {
		e.count(doc)
		e.foreign(doc)
	}
	e.Findings = e.findings()
	return e.File
}

// count says how large the document is.
func (e *examiner) count(doc *object.File) {
	e.Revisions = len(doc.Revisions())
	if pages, err := doc.Pages(); err == nil {
		e.Pages = len(pages)
	}
}

// foreign: a file that is not strictly built is no voucher, whatever it says.
func (e *examiner) foreign(doc *object.File) {
	values, err := pdf.ReadData(e.signed(doc))
	if err != nil || values["Version"] == "" {
		return
	}
	e.problem("voucher-structure", "文件自称凭证，但结构不是本程序所写", "the file calls itself a voucher, and is not built as this program builds them")
	e.refuse()
}

// signed is the file as its first signatory left it: what the voucher's data say
// counts there, and never what a later revision says. Without a sound signature it
// is the file as it is.
func (e *examiner) signed(doc *object.File) *object.File {
	first := 0
	for _, s := range e.Signatures {
		if s.Kind != sign.KindDocTimeStamp && s.Revision > 0 && (first == 0 || s.Revision < first) {
			first = s.Revision
		}
	}
	if first == 0 || first > len(doc.Revisions()) {
		return doc
	}
	return doc.At(first - 1)
}

// claims: the metadata name the voucher's data, even where they cannot be read.
func claims(doc *object.File) bool {
	catalog, err := doc.Dict(doc.Trailer()["Root"])
	if err != nil || catalog == nil {
		return false
	}
	o, err := doc.Resolve(catalog["Metadata"])
	s, ok := o.(*object.Stream)
	if err != nil || !ok {
		return false
	}
	raw, err := s.DecodeUpTo(4 << 20)
	return err == nil && bytes.Contains(raw, []byte(pdf.Namespace))
}

type examiner struct {
	File
	ctx     context.Context
	options Options
	data    manifest.Data
	// searches for marks, one a key.
	searches []*Search
}

func (e *examiner) problem(code, zh, en string) {
	e.Problems = append(e.Problems, sign.Problem{Code: code, Text: zh + " / " + en})
}

// read joins the voucher's data with the rest.
func (e *examiner) read(doc *object.File) {
	values, err := pdf.ReadData(e.signed(doc))
	if err == nil {
		e.data, err = manifest.Read(values)
	} else if !claims(e.signed(doc)) {
		err = manifest.ErrNone // another program's metadata
	}
	switch {
	case errors.Is(err, manifest.ErrNone):
		e.marks(doc, nil)
		return
	case err != nil:
		e.problem("voucher-data", "凭证数据无法读取", "the voucher's data cannot be read: "+err.Error())
		e.refuse() // what was signed could be read
		return
	}
	d := e.data
	e.Voucher = &Voucher{
		Number: d.Number, Type: d.Type, Business: d.Business, Time: d.Time, Branch: d.Branch, Workstation: d.Workstation,
		Teller: d.Teller, Supervisor: d.Supervisor, Test: d.Trial, Text: hex.EncodeToString(d.Text[:]), Signers: len(d.Signers),
		MarkKey: d.MarkKey, MarkPublic: d.MarkPublic,
	}
	e.captures()
	e.boundCertificate()
	e.marks(doc, &d)
}

// captures lists the evidence and what contradicts itself in it.
func (e *examiner) captures() {
	for _, s := range e.Signatures {
		if s.Intact {
			e.Pad.Source = "signed"
		}
	}
	for _, s := range e.data.Signers {
		p := s.Pad
		e.Pad.Virtual = e.Pad.Virtual || p.Virtual
		e.Pad.Signers = append(e.Pad.Signers, PadCapture{
			Role: s.Role, Model: p.Model, VID: p.VID, PID: p.PID, Serial: p.Serial, Firmware: p.Firmware, Virtual: p.Virtual,
			Time: s.Time, Milliseconds: (p.Last - p.First).Milliseconds(), Samples: p.Samples, Gaps: p.Gaps, Lost: p.Lost,
			Rejected: p.Rejected, Reports: p.Reports, Calibration: s.Calibration,
		})
		if p.Lost > 0 {
			e.problem("pad-gaps", "采集时有报文丢失："+RoleZH(s.Role), "reports of the pad were lost: "+s.Role)
		}
	}
	if e.Pad.Virtual && !e.data.Trial {
		e.problem("virtual-pad", "笔迹来自软件模拟的签字板，但凭证未标为测试", "the ink comes from a software pad although the voucher is not marked TEST")
		e.refuse()
	}
}

// boundCertificate: the ink must be bound to a certificate that signed.
func (e *examiner) boundCertificate() {
	if len(e.Signatures) == 0 {
		return
	}
	want := hex.EncodeToString(e.data.Certificate[:])
	for _, s := range e.Signatures {
		if s.Certificate == want {
			return
		}
	}
	e.problem("certificate", "凭证数据所载证书不是签名证书", "no signature uses the certificate that the voucher's data names")
	e.refuse()
}

// refuse takes a good verdict back: the signatures stand, but what they cover
// contradicts itself.
func (e *examiner) refuse() {
	if e.Verdict == sign.Valid || e.Verdict == sign.Untrusted {
		e.Verdict = sign.Invalid
	}
}

// sameHandle says whether a mark names this voucher.
func (e *examiner) sameHandle(handle []byte) bool {
	h, err := e.data.Handle()
	return err == nil && bytes.Equal(h, handle)
}
