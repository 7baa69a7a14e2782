package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"moqian/cmd/internal/manifest"
	"moqian/render"
	"moqian/render/pdf"
	"moqian/render/receipt"
	"moqian/sign"
)

// fieldName is the signatory's field in every voucher.
const fieldName = "Teller"

// data is what the voucher says about itself to programs, with the given inks.
func (s *Session) data(inks []signed) manifest.Data {
	d := manifest.Data{Number: s.header.Number, Type: s.typ.Code, Business: s.header.Business,
		Time: s.header.Time.Truncate(time.Second), Branch: s.header.Branch, Workstation: s.header.Workstation,
		Teller: s.teller, Supervisor: s.header.Supervisor, Trial: s.d.o.Trial,
		Text: s.digest(), Certificate: sha256.Sum256(s.d.o.Key.Chain()[0].Raw),
		MarkKey: manifest.KeyID(s.markKey), MarkPublic: s.d.markPublic()}
	for i, g := range inks {
		d.Signers = append(d.Signers, manifest.Signer{Role: role(s.filled.Signers()[i].Role.EN), Time: g.at,
			Page: g.ink.Page, Box: manifest.BoxOf(g.ink.Area), Pad: g.evidence, Mark: g.margin})
	}
	return d
}

// role makes a word of a signer's English role.
func role(en string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(en))
}

// pagesWithCode lays the voucher out as it will be signed.
func (s *Session) pagesWithCode() (render.Sheet, error) {
	f := s.pages()
	if s.typ.Half() {
		code, err := s.code()
		if err != nil {
			return render.Sheet{}, fmt.Errorf("making the receipt code: %w", err)
		}
		f.Code = code
	}
	sheet, err := render.Voucher(f, s.d.o.Fonts)
	if err != nil {
		return render.Sheet{}, fmt.Errorf("laying out the voucher: %w", err)
	}
	return sheet, nil
}

// code is the signed summary on the customer's copy.
func (s *Session) code() (string, error) {
	digest := s.digest()
	r := receipt.Receipt{Kind: receipt.Text, Type: s.typ.Code, Number: s.header.Number, Time: s.header.Time,
		Fen: s.filled.Fen(), Last4: s.last4(), Digest: [16]byte(digest[:16])}
	if s.d.o.Trial {
		r.Kind |= receipt.Trial
	}
	return receipt.Encode(r, s.d.o.Prefix, s.d.o.ReceiptKey, s.d.o.Rand)
}

func (s *Session) write(sheet render.Sheet) ([]byte, error) {
	inks := make([]render.Ink, len(s.inks))
	for i, g := range s.inks {
		if sheet.Boxes[i] != g.ink.Area {
			return nil, errors.New("internal error: a signature box moved")
		}
		inks[i] = g.ink
	}
	data := s.data(s.inks)
	props, err := data.Properties()
	if err != nil {
		return nil, err
	}
	doc := pdf.Doc{Title: s.typ.Title.ZH + " " + s.header.Number, Lang: "zh-CN",
		Created: s.header.Time.Format(time.RFC3339), Data: props}
	if _, err := s.d.o.Rand.Read(doc.ID[:]); err != nil {
		return nil, err
	}
	file, err := s.d.writer.Write(sheet.Pages, inks, doc)
	if err != nil {
		return nil, fmt.Errorf("writing the PDF: %w", err)
	}
	return file, nil
}

func (s *Session) sign(ctx context.Context, file []byte, seal render.Area) ([]byte, error) {
	page := s.sheet.Pages[seal.Page]
	f := sign.Field{Name: fieldName, Page: seal.Page, Rect: rect(seal, page.H), Certify: 1,
		Time: s.d.o.Now().In(Beijing()), Location: s.d.o.Branch.ZH}
	return sign.Sign(ctx, file, f, s.d.o.Key, s.d.o.Reserve)
}

// rect of an area in pt from the page's lower left corner.
func rect(a render.Area, height float64) [4]float64 {
	const mm = 1 / render.MMPerPt
	return [4]float64{a.X * mm, (height - a.Y - a.H) * mm, (a.X + a.W) * mm, (height - a.Y) * mm}
}

// check reads the signed file back before it is filed and gives the digest of
// its signed bytes.
func (s *Session) check(file []byte) (string, error) {
	r := sign.Verify(file, sign.Options{Roots: s.d.o.Roots, At: s.d.o.Now()})
	if r.Verdict != sign.Valid {
		return "", fmt.Errorf("the signed file does not verify (%s): %v", r.Verdict, r.Problems)
	}
	sum, err := sign.ByteRangeDigest(file)
	return hex.EncodeToString(sum[:]), err
}

// last4 digits of the account, 0000 where the type has none.
func (s *Session) last4() string {
	for _, a := range s.accounts() {
		if len(a) >= 4 {
			return a[len(a)-4:]
		}
	}
	return "0000"
}

// slip is the code on the slip and the screen after signing: it carries the
// digest of the signed bytes, which no page inside them can.
func (s *Session) slip(byteRange string) (string, error) {
	sum, err := hex.DecodeString(byteRange)
	if err != nil || len(sum) != sha256.Size {
		return "", fmt.Errorf("digest of the signed bytes %s: %w", strconv.Quote(byteRange), err)
	}
	r := receipt.Receipt{Kind: receipt.ByteRange, Type: s.typ.Code, Number: s.header.Number, Time: s.header.Time,
		Fen: s.filled.Fen(), Last4: s.last4(), Digest: [16]byte(sum[:16])}
	if s.d.o.Trial {
		r.Kind |= receipt.Trial
	}
	return receipt.Encode(r, s.d.o.Prefix, s.d.o.ReceiptKey, s.d.o.Rand)
}
