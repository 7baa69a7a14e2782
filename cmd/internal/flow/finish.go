package flow

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
	"moqian/render/watermark"
	"moqian/store"
)

// Result of a transaction: the voucher is durable.
type Result struct {
	Item store.Item
	// PDF is the filed file.
	PDF []byte
	// Strokes of all signers.
	Strokes int
	// ByteRange is the SHA-256 over the signed bytes, hex, for slip and screen.
	ByteRange string
	// Slip is the text of the code for slip and screen, empty if it could not be made.
	Slip string
	// Took tells how long each part of the finish took.
	Took []Took
}

// Took is the time of one part.
type Took struct {
	Name string
	D    time.Duration
}

// inkColor is #10182A, the customer's ink on paper.
var inkColor = render.Color{R: 0x10, G: 0x18, B: 0x2A}

// mark binds a signer's ink to this voucher, so that it is of no use elsewhere.
func (s *Session) mark(w watermark.Wide, ev pad.Evidence) (signed, error) {
	g := signed{ink: render.Ink{Area: s.sheet.Boxes[len(s.inks)], Color: inkColor},
		evidence: ev, at: s.d.o.Now().In(Beijing()).Truncate(time.Second)}
	payload, err := s.data(append(s.inks[:len(s.inks):len(s.inks)], g)).Payload(len(s.inks))
	if err == nil {
		g.ink.Outlines, g.margin, err = w.Bind(s.markKeys(), payload)
	}
	if err != nil {
		return signed{}, fmt.Errorf("marking the ink: %w", err)
	}
	return g, nil
}

// finish pages, writes, signs and files. Nothing of it is stored on an error.
func (s *Session) finish(ctx context.Context) (*Result, error) {
	r := &Result{Took: s.took}
	watch := s.stopwatch(r)
	for _, g := range s.inks {
		r.Strokes += len(g.ink.Outlines)
	}
	if s.filled.NeedsApproval() {
		if err := s.approval.Check(s.teller, s.digest()); err != nil {
			return nil, err
		}
	}
	sheet, err := s.pagesWithCode()
	if err != nil {
		return nil, err
	}
	watch("page")
	file, err := s.write(sheet)
	if err != nil {
		return nil, err
	}
	watch("pdf")
	if r.PDF, err = s.sign(ctx, file, sheet.Seal); err != nil {
		return nil, err
	}
	watch("sign")
	if r.ByteRange, err = s.check(r.PDF); err != nil {
		return nil, err
	}
	watch("check")
	if r.Item, err = s.file(ctx, r.PDF); err != nil {
		return nil, fmt.Errorf("filing the voucher: %w", err)
	}
	watch("file")
	if r.Slip, err = s.slip(r.ByteRange); err != nil {
		r.Slip = "" // filed all the same: the slip is a courtesy
	}
	return r, nil
}

func (s *Session) stopwatch(r *Result) func(string) {
	last := s.d.o.Now()
	return func(name string) {
		now := s.d.o.Now()
		r.Took = append(r.Took, Took{name, now.Sub(last)})
		last = now
	}
}

func (s *Session) file(ctx context.Context, signed []byte) (store.Item, error) {
	it := store.Item{Voucher: s.header.Number, Type: s.typ.Code, Business: s.header.Business,
		Branch: s.header.Branch, Teller: s.teller, Test: s.d.o.Trial}
	digest := s.digest()
	e := store.Entry{Actor: s.teller, Action: "file", Voucher: s.header.Number, Type: s.typ.Code,
		Outcome: "ok", Detail: map[string]string{"text_sha256": hex.EncodeToString(digest[:])}}
	if s.header.Supervisor != "" {
		e.Detail["supervisor"] = s.header.Supervisor
	}
	for i, g := range s.inks {
		e.Pad = g.evidence.Model
		pre := fmt.Sprintf("signer%d_", i+1)
		e.Detail[pre+"reports_sha256"] = g.evidence.Reports
		e.Detail[pre+"pad"] = fmt.Sprintf("%04x:%04x %s", g.evidence.VID, g.evidence.PID, g.evidence.Serial)
		e.Detail[pre+"counts"] = fmt.Sprintf("samples %d, gaps %d, lost %d, rejected %d",
			g.evidence.Samples, g.evidence.Gaps, g.evidence.Lost, g.evidence.Rejected)
		e.Detail[pre+"mark"] = fmt.Sprintf("%s, bits %d, copies %d, public part %s (room %d), robust T %.1f",
			g.margin.Reads, g.margin.Bits, g.margin.Copies, g.margin.Public, g.margin.Room, g.margin.Robust.T)
		if first, seen, err := s.d.o.Store.Tripwire(ctx, g.evidence.Reports, s.header.Number); err != nil {
			return store.Item{}, err
		} else if seen {
			e.Detail[pre+"replay_of"] = first
		}
	}
	filed, err := s.d.o.Store.Outbox().FileAll(ctx, store.Filing{Item: it, Serial: s.serial, PDF: signed, Entry: e,
		Accounts: s.accounts()})
	if err != nil {
		return store.Item{}, err
	}
	return filed[0], nil
}

// accounts of the voucher, by which it is found again on this machine.
func (s *Session) accounts() []string {
	var all []string
	for _, f := range s.typ.Fields {
		if v, ok := s.filled.Value(f.ID); ok && f.Kind == form.Account {
			all = append(all, v.Raw)
		}
	}
	return all
}
