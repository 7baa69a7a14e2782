package proof

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"

	"moqian/cmd/internal/manifest"
	"moqian/render/ink"
	"moqian/render/watermark"
	"moqian/render/watermark/robust"
	object "moqian/sign/pdf"
)

// Mark is what the ink of a file carries: of all signers together in Binding,
// Robust and Public, of each in Signers.
type Mark struct {
	Binding Binding      `json:"binding"`
	Robust  Robust       `json:"robust"`
	Public  Public       `json:"public"`
	Signers []SignerMark `json:"signers"`
	// Others are marks that were read beside the signers' inks: in the page, an
	// annotation, a pattern, another form. A voucher has none.
	Others []SignerMark `json:"others,omitempty"`
}

// SignerMark is that of one ink.
type SignerMark struct {
	Role    string  `json:"role,omitempty"`
	Where   string  `json:"where,omitempty"`
	InPlace bool    `json:"in_place"`
	Binding Binding `json:"binding"`
	Robust  Robust  `json:"robust"`
	Public  Public  `json:"public"`
}

// Binding is the exact mark. State is one of watermark.State; of several inks
// the worst, and Altered then counts strokes through all inks in order.
type Binding struct {
	State   watermark.State `json:"state"`
	Handle  string          `json:"handle"`
	Strokes int             `json:"strokes"`
	Altered []int           `json:"altered"`
}

// Robust is the mark that survives printing. T is the statistic of the check
// against the voucher's own handle.
type Robust struct {
	Found  bool    `json:"found"`
	Handle string  `json:"handle"`
	Bits   int     `json:"bits"`
	T      float64 `json:"t"`
}

// marks reads the marks; d is nil when the file has no voucher data.
func (e *examiner) marks(doc *object.File, d *manifest.Data) {
	inks, others, err := AllInks(doc)
	if err != nil && !e.unread(err, d) {
		return
	}
	if d == nil && len(inks) == 0 {
		inks, others = likely(others)
	}
	if d != nil && !e.counted(inks, len(d.Signers)) {
		return
	}
	key := e.markKey(d)
	if key != nil && d != nil && d.MarkKey != "" && d.MarkKey != manifest.KeyID(*key) {
		e.problem("mark-key", "核验所用的水印密钥不是本凭证的密钥", "the mark key given is not the one that the voucher names")
	}
	second := SecondLayer(inks)
	for i, k := range inks {
		if e.ctx.Err() != nil {
			return
		}
		m := e.check(doc, k, i, d, key, second[i])
		m.Public = e.public(k.Outlines, d, i)
		e.Mark.Signers = append(e.Mark.Signers, m)
	}
	e.Mark.Public = worstPublic(e.Mark.Signers)
	e.others(others, d, key)
	if key == nil {
		e.Mark.Binding.State = watermark.Unchecked
	} else if e.Mark.Binding = worst(slices.Concat(e.Mark.Signers, e.Mark.Others)); len(e.Mark.Signers) > 0 {
		e.Mark.Robust = weakest(e.Mark.Signers)
	}
	if err != nil && e.Mark.Binding.State == watermark.Absent {
		e.Mark.Binding.State = watermark.Unchecked
	}
	if d != nil {
		e.places()
		e.markProblems()
	}
}

// counted: as many inks as signers, numbered in order, each once.
func (e *examiner) counted(inks []Ink, signers int) bool {
	ok := len(inks) == signers
	for i, k := range inks {
		ok = ok && k.Number == i
	}
	if !ok {
		e.problem("ink-count", fmt.Sprintf("页面上有 %d 处笔迹，凭证数据为 %d 人", len(inks), signers),
			fmt.Sprintf("the pages show %d inks, the voucher's data names %d signers", len(inks), signers))
		e.refuse()
	}
	return ok
}

// check reads the keyed marks of one ink; key nil: they are unchecked. second: the
// robust layer too, where no data describe the ink.
func (e *examiner) check(doc *object.File, k Ink, i int, d *manifest.Data, key *watermark.Key, second bool) SignerMark {
	m := SignerMark{Binding: Binding{State: watermark.Absent, Altered: []int{}}}
	if d == nil {
		if key != nil {
			m.Where = k.Where
			m.Binding, m.Robust = e.readAny(k, second)
		} else {
			m.Binding = Binding{State: watermark.Unchecked, Altered: []int{}, Strokes: len(k.Outlines)}
		}
		return m
	}
	s := d.Signers[i]
	m.Role, m.InPlace = s.Role, inPlace(doc, k, s)
	if key == nil {
		m.Binding = Binding{State: watermark.Unchecked, Altered: []int{}, Strokes: len(k.Outlines)}
		return m
	}
	h, err := d.Handle()
	if err != nil {
		return m
	}
	context := d.Context(i)
	m.Binding = binding(watermark.Check(k.Outlines, *key, h, &context))
	m.Robust = checkRobust(k.Outlines, *key, h, s.Mark.Robust.Bits)
	return m
}

// checkRobust asks for the voucher's own handle.
func checkRobust(in []ink.Outline, key watermark.Key, handle []byte, bits int) Robust {
	c := robust.CheckOutlines(in, watermark.Robust(key), [][]byte{handle})
	if len(c) == 0 || !c[0].Accept {
		return Robust{}
	}
	return Robust{Found: true, Handle: hex.EncodeToString(c[0].Handle), Bits: bits, T: c[0].T}
}

// readRobust reads a handle that nobody names.
func readRobust(in []ink.Outline, key watermark.Key) Robust {
	r := robust.ReadOutlines(in, watermark.Robust(key))
	return Robust{Found: r.Found, Handle: hex.EncodeToString(r.Handle), Bits: r.Bits, T: r.T}
}

func binding(r watermark.Reading) Binding {
	b := Binding{State: r.State, Handle: hex.EncodeToString(r.Handle), Strokes: r.Strokes, Altered: r.Altered}
	if b.Altered == nil {
		b.Altered = []int{}
	}
	return b
}

// weakest is the robust mark of the ink that carries it worst: found only where
// all carry it.
func weakest(list []SignerMark) Robust {
	return slices.MinFunc(list, func(a, b SignerMark) int { return cmp.Compare(a.Robust.T, b.Robust.T) }).Robust
}

// severity orders states; the worst of a file is its state.
func severity(s watermark.State) int {
	return map[watermark.State]int{watermark.Match: 0, watermark.Unchecked: 1, watermark.Absent: 2, watermark.Altered: 3, watermark.Foreign: 4}[s]
}

func worst(list []SignerMark) Binding {
	if len(list) == 0 {
		return Binding{State: watermark.Absent, Altered: []int{}}
	}
	all := Binding{State: list[0].Binding.State, Handle: list[0].Binding.Handle, Altered: []int{}}
	for _, m := range list {
		b := m.Binding
		if severity(b.State) > severity(all.State) {
			all.State, all.Handle = b.State, b.Handle
		}
		for _, i := range b.Altered {
			all.Altered = append(all.Altered, all.Strokes+i)
		}
		all.Strokes += b.Strokes
	}
	return all
}

// places: an ink that is not in its box was moved.
func (e *examiner) places() {
	for _, m := range e.Mark.Signers {
		if !m.InPlace {
			e.problem("ink-moved", "笔迹不在其签名框内："+RoleZH(m.Role), "an ink does not lie in its box: "+m.Role)
			e.refuse()
		}
	}
}

// markProblems words what the marks say. A foreign or altered ink under a good
// signature means that the ink was tampered with before signing.
func (e *examiner) markProblems() {
	for _, m := range e.Mark.Signers {
		e.publicProblems(m)
		who, en := RoleZH(m.Role), m.Role
		switch m.Binding.State {
		case watermark.Foreign:
			h, _ := hex.DecodeString(m.Binding.Handle)
			of, ofEN := "另一凭证", "another voucher"
			if n := manifest.NumberOf(h); n != "" && !e.sameHandle(h) {
				of, ofEN = "凭证 "+n, "voucher "+n
			}
			e.problem("mark-foreign", "笔迹属于"+of+"，不属于本凭证："+who, "the ink belongs to "+ofEN+", not to this one: "+en)
			e.refuse()
		case watermark.Altered:
			e.problem("mark-altered", fmt.Sprintf("笔迹有 %d 笔在加水印后被改动：%s", len(m.Binding.Altered), who),
				fmt.Sprintf("%d strokes were changed after marking: %s", len(m.Binding.Altered), en))
			e.refuse()
		case watermark.Absent:
			e.problem("mark-absent", "笔迹中未读到水印："+who, "no mark under this key in the ink: "+en)
		}
	}
}
