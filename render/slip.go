package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"moqian/render/form"
)

// Slip is everything that stands on a receipt slip, the small print that the
// customer takes home. It is made after signing, so it may say what no page
// inside the signature can: the digest of the signed file, and which print of
// how many it is.
type Slip struct {
	Filled form.Filled
	Header form.Header
	Bank   form.Text
	Branch form.Text
	// Code is the text of a receipt code of kind ByteRange (package receipt).
	Code    string
	Printed time.Time
	Copy    int // 1 for the first print
}

// Geometry of a slip in mm: a roll of 80, of which a printer reaches 72.
const (
	slipWidth  = 80.0
	slipLeft   = 4.0
	slipRight  = 76.0
	slipStep   = 5.9   // from row to row
	slipModule = 0.625 // 5 dots at 203 dpi
	slipQuiet  = 2.5
	slipGap    = 2.0 // between label and value
	slipWords  = "TEST 测试 · 不是有效凭证 · NOT VALID · 测试 TEST"
)

// SlipPage lays a slip out; its height follows its content. All is pure black:
// thermal printers have no grey. Names show their first and last character,
// accounts first and last four digits. Errors are those of Voucher.
func SlipPage(s Slip, fonts *Fonts) (Page, error) {
	if s.Filled.Type() == nil || s.Copy < 1 || s.Code == "" {
		return Page{}, fmt.Errorf("internal error: a slip without %s", s.lacks())
	}
	l := slipLayout{canvas: newCanvas(fonts), slip: s,
		reader: &reader{Form: Form{Filled: s.Filled, Header: s.Header, Bank: s.Bank, Branch: s.Branch}, typ: s.Filled.Type()}}
	l.page.W = slipWidth
	l.head()
	l.rows()
	l.symbol()
	if l.err != nil {
		return Page{}, fmt.Errorf("laying out the slip: %w", l.err)
	}
	return l.page, nil
}

func (s Slip) lacks() string {
	switch {
	case s.Filled.Type() == nil:
		return "a filled form"
	case s.Code == "":
		return "a receipt code"
	}
	return "a print number"
}

// slipLayout is a slip while it is laid out; y is the last baseline or edge.
type slipLayout struct {
	*canvas
	*reader
	slip Slip
	y    float64
}

// black is a style in the only colour of a slip.
func black(face Face, size float64) style { return style{face, size, 0} }

func (l *slipLayout) head() {
	mid := slipWidth / 2
	if l.Header.Trial {
		l.band(3)
	}
	l.what = "bank name"
	l.middle(16.2, black(Bold, 13), l.Bank.ZH, 10.5, 9, 7.5)
	l.what = "branch name"
	l.middle(20.9, black(Regular, 8.5), l.Branch.ZH, 7.5, 6.5)
	l.what = "title"
	l.centre(mid, 29.6, black(Bold, 15), "业务回执")
	l.centre(mid, 33.7, black(Regular, 7), "RECEIPT")
	l.rule(slipLeft, 36.7, slipRight, 36.7, 0.35, 0)
	l.y = 36.4
}

// band says on a trial slip that it is one.
func (l *slipLayout) band(y float64) {
	l.what = "trial band"
	l.fill(0, y, slipWidth, 5.4, 0)
	l.centre(slipWidth/2, y+3.8, style{Bold, 8, white}, slipWords)
}

// middle sets a centred line at the first size that fits.
func (l *slipLayout) middle(y float64, st style, s string, smaller ...float64) {
	for _, size := range append([]float64{st.size}, smaller...) {
		st.size = size
		if l.width(st, s) <= slipRight-slipLeft {
			l.centre(slipWidth/2, y, st, s)
			return
		}
	}
	l.fail(ErrTooLong)
}

func (l *slipLayout) rows() {
	plain := black(Regular, 9.5)
	typ, _ := l.Filled.Value("$type")
	l.row("业务", typ.Shown, plain)
	for _, c := range slipCells(l.typ) {
		l.field(c)
	}
	l.row("时间", clock(l.Header.Time), plain)
	l.row("凭证号", l.Header.Number, plain)
	l.row("柜员 / 终端", orEmpty(l.Header.Teller)+" / "+orEmpty(l.Header.Workstation), plain)
	l.row("打印", fmt.Sprintf("%s 第 %d 次", clock(l.slip.Printed), l.slip.Copy), plain)
	l.y += 3.4
	l.add(Line{X1: slipLeft, Y1: l.y, X2: slipRight, Y2: l.y, Width: 0.25, Dash: []float64{2, 1.5}})
}

// slipCells are the bank elements of a type: bold names, accounts and amounts,
// in the order of the customer's copy.
func slipCells(t *form.Type) (cells []form.Cell) {
	for _, row := range t.Customer {
		cells = append(cells, row.Cells...)
	}
	if len(cells) == 0 {
		for _, f := range t.Fields {
			cells = append(cells, form.Cell{Field: f.ID})
		}
	}
	return slices.DeleteFunc(cells, func(c form.Cell) bool {
		f, ok := t.Find(c.Field)
		return !ok || !f.Bold || f.Kind != form.Name && f.Kind != form.Account && f.Kind != form.Amount
	})
}

// field sets a bank element; an empty one is left out. The amount of the
// business stands there in words too.
func (l *slipLayout) field(c form.Cell) {
	v, ok := l.Filled.Masked(c.Field)
	if !ok {
		return
	}
	f, _ := l.typ.Find(c.Field)
	label := l.typ.Label(c).ZH
	switch f.Kind {
	case form.Name:
		l.row(label, maskName(v.Shown), black(Bold, 10.5))
	case form.Account:
		l.row(label, v.Line(), black(Bold, 10.5))
	case form.Amount:
		l.row(label, v.Shown, black(Bold, 13))
		if c.Field != l.typ.Amount {
			return
		}
		words, _ := l.Filled.Value("$words")
		l.what = "amount in words"
		l.y = l.lines(slipLeft, l.y+slipStep, black(Bold, 9), words.Shown,
			place{slipRight - slipLeft, 9, 1.25, []step{{9, 1}, {9, 2}}})
	}
}

// row sets a label on the left and a value on the right, smaller when it must.
func (l *slipLayout) row(label, value string, st style) {
	l.what = "row " + label
	l.y += slipStep
	end := l.left(slipLeft, l.y, black(Regular, 8.5), label) + slipGap
	for ; st.size >= 7; st.size-- {
		if slipRight-l.width(st, value) >= end {
			l.right(slipRight, l.y, st, value)
			return
		}
	}
	l.fail(ErrTooLong)
}

// maskName keeps the first and the last character of a name, of two characters
// the first.
func maskName(s string) string {
	r := []rune(s)
	if len(r) < 3 {
		return string(r[:len(r)/2]) + "*"
	}
	return string(r[0]) + "*" + string(r[len(r)-1])
}

func (l *slipLayout) symbol() {
	l.what = "receipt code"
	m, err := Code(l.slip.Code)
	l.fail(err)
	side := codeSide * slipModule
	m.X, m.Y, m.Size = (slipWidth-side)/2, l.y+1.3+slipQuiet, slipModule
	l.add(m)
	l.y = m.Y + side + slipQuiet
	for _, s := range []string{"微信或浏览器扫码核验 Scan to verify", "码内含签名；不含姓名与完整账号", "以银行电子凭证为准，请妥善保管"} {
		l.y += 4
		l.centre(slipWidth/2, l.y, black(Regular, 8), s)
	}
	l.y += 3
	l.rule(slipLeft, l.y, slipRight, l.y, 0.25, 0)
	if l.Header.Trial {
		l.band(l.y + 2)
		l.y += 5.4
	}
	l.page.H = l.y + 6
}

// Code makes a receipt code for a screen or a slip: 49 × 49 modules without
// place and size, which the caller sets. Around it belong four modules of white.
func Code(text string) (Modules, error) {
	if strings.TrimSpace(text) == "" {
		return Modules{}, errors.New("internal error: a receipt code of nothing")
	}
	dark, err := modules(text)
	return Modules{N: codeSide, Dark: dark}, err
}
