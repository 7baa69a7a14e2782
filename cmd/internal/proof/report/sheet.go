package report

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"moqian/render"
)

// Measures of the page, pages.md §7.
const (
	left, width = 15.0, 180.0
	right       = left + width
	bottom      = 274.0 // of what flows
	rowLead     = 3.6
)

func rgb(v uint32) render.Color {
	return render.Color{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v)}
}

// Colours; no meaning hangs on them alone.
const (
	black = 0x111111
	grey  = 0x555555
	white = 0xffffff
	fill  = 0xf3f3f3
	band  = 0xe9e9e9
	green = 0x1b6e3a
	amber = 0xb26a00
	red   = 0xb3001b
	split = 0x999999
)

type style struct {
	face   render.Face
	size   float64
	colour uint32
}

// sheet is a report being laid out: y is where the next thing begins.
type sheet struct {
	fonts *render.Fonts
	head  Head
	at    time.Time
	pages []render.Page
	y     float64
	top   float64 // of the open table
	err   error
}

func (s *sheet) add(items ...render.Item) {
	p := &s.pages[len(s.pages)-1]
	p.Items = append(p.Items, items...)
}

// known replaces characters that no font has: a report must not fail for them.
func (s *sheet) known(f render.Face, text string) string {
	if _, _, err := s.fonts.Split(f, 8, text); err == nil {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if _, _, err := s.fonts.Split(f, 8, string(r)); err != nil {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (s *sheet) fail(err error) {
	if err != nil && s.err == nil {
		s.err = err
	}
}

// text sets one line from x on a baseline and gives its right end.
func (s *sheet) text(x, y float64, st style, text string) float64 {
	runs, w, err := s.fonts.Split(st.face, st.size, s.known(st.face, text))
	s.fail(err)
	if len(runs) > 0 {
		s.add(render.Text{X: x, Y: y, Size: st.size, Color: rgb(st.colour), Runs: runs})
	}
	return x + w
}

func (s *sheet) wide(st style, text string) float64 {
	_, w, err := s.fonts.Split(st.face, st.size, s.known(st.face, text))
	s.fail(err)
	return w
}

func (s *sheet) rightText(x, y float64, st style, text string) {
	s.text(x-s.wide(st, text), y, st, text)
}

func (s *sheet) line(x1, y1, x2, y2, w float64, c uint32) {
	s.add(render.Line{X1: x1, Y1: y1, X2: x2, Y2: y2, Width: w, Color: rgb(c)})
}

// newPage begins a page with the head.
func (s *sheet) newPage() {
	s.pages = append(s.pages, render.Page{W: 210, H: 297})
	s.add(render.Rect{X: left, Y: 12, W: 9, H: 9, Stroke: ptr(black), Width: 0.35})
	s.text(26.5, 16.3, style{render.Bold, 12, black}, s.head.Bank)
	s.text(26.5, 20.6, style{render.Regular, 8.5, black}, s.head.Branch)
	title, en := style{render.Bold, 17, black}, style{render.Regular, 7, grey}
	s.text(105-s.wide(title, "电子凭证核验报告")/2, 18.2, title, "电子凭证核验报告")
	s.text(105-s.wide(en, "VOUCHER VERIFICATION REPORT")/2, 22.6, en, "VOUCHER VERIFICATION REPORT")
	no := style{render.Bold, 9.5, black}
	s.rightText(right, 15.4, no, s.head.Number)
	s.rightText(right-s.wide(no, s.head.Number)-1.5, 15.4, style{render.Regular, 7.5, grey}, "报告号 No.")
	s.rightText(right, 19.6, style{render.Regular, 8.5, black}, s.at.In(beijing()).Format("2006-01-02 15:04:05"))
	s.y = 27
}

func ptr(v uint32) *render.Color { c := rgb(v); return &c }

// room makes a new page when h mm do not fit.
func (s *sheet) room(h float64) bool {
	if s.y+h <= bottom {
		return false
	}
	s.newPage()
	return true
}

// section sets a heading with room for h mm under it.
func (s *sheet) section(no, zh, en string, h float64) {
	if s.room(6.6 + 2.7 + h) {
		s.y -= 3
	}
	s.y += 6.8
	end := s.text(left, s.y, style{render.Bold, 10, black}, no+"  "+zh)
	s.text(end+1, s.y, style{render.Regular, 6.5, grey}, en)
	s.y += 2.7
	s.top = s.y
}

// close frames the open table.
func (s *sheet) close() {
	if s.y > s.top {
		s.add(render.Rect{X: left, Y: s.top, W: width, H: s.y - s.top, Stroke: ptr(black), Width: 0.35})
	}
}

type labelled struct {
	zh, en, value string
	width         float64
}

// labels is a row of label and value pairs, 26 mm a label.
func (s *sheet) labels(list []labelled) {
	const h = 9.0
	x := left
	for _, l := range list {
		s.add(render.Rect{X: x, Y: s.y, W: 26, H: h, Fill: ptr(fill)})
		s.text(x+1.5, s.y+4.1, style{render.Regular, 8.5, black}, l.zh)
		s.text(x+1.5, s.y+7, style{render.Regular, 6, grey}, l.en)
		lines := s.lines(style{render.Regular, 8.5, black}, l.width-3, l.value)
		y := s.y + h/2 + 1.1 - float64(len(lines)-1)*rowLead/2
		for i, t := range lines {
			s.text(x+27.5, y+float64(i)*rowLead, style{render.Regular, 8.5, black}, t)
		}
		s.line(x+26, s.y, x+26, s.y+h, 0.15, black)
		if x += 26 + l.width; x < right-1 {
			s.line(x, s.y, x, s.y+h, 0.15, black)
		}
	}
	s.line(left, s.y, right, s.y, 0.15, black)
	s.y += h
}

// lines breaks a text; a long one is never cut.
func (s *sheet) lines(st style, w float64, text string) []string {
	out, err := s.fonts.Lines(st.face, st.size, w, s.known(st.face, strings.TrimSpace(text)))
	var missing *render.MissingGlyph
	if err != nil && !errors.As(err, &missing) {
		s.fail(err)
	}
	return out
}

// grid is a table with a symbol in its first column.
type grid struct {
	s    *sheet
	cols []float64
	head []string
}

func (s *sheet) grid(no, zh, en string, cols []float64, head ...string) *grid {
	s.section(no, zh, en, 6.4+6.6)
	g := &grid{s, cols, head}
	g.heading()
	return g
}

func (g *grid) heading() {
	s := g.s
	s.add(render.Rect{X: left, Y: s.y, W: width, H: 6.4, Fill: ptr(band)})
	x := left + g.cols[0]
	for i, h := range g.head {
		zh, en, _ := strings.Cut(h, " ")
		if strings.HasPrefix(en, "/") || strings.Contains(en, "绑定") || strings.Contains(en, "稳健") {
			i := strings.LastIndex(h, " ")
			zh, en = h[:i], h[i+1:]
		}
		end := s.text(x+1.5, s.y+4.2, style{render.Bold, 8, black}, zh)
		s.text(end+1, s.y+4.2, style{render.Regular, 6.5, grey}, en)
		x += g.cols[i+1]
	}
	s.y += 6.4
	s.line(left, s.y, right, s.y, 0.15, black)
}

// row sets one line of the table, as high as its longest cell.
func (g *grid) row(st state, cells ...string) {
	s := g.s
	body := style{render.Regular, 8, black}
	var set [][]string
	h := 6.6
	for i, c := range cells {
		l := s.lines(body, g.cols[i+1]-3, c)
		set = append(set, l)
		h = max(h, float64(len(l))*rowLead+2.6)
	}
	if s.y+h > bottom {
		s.close()
		s.newPage()
		s.y += 2
		s.top = s.y
		g.heading()
	}
	s.symbol(st, left+g.cols[0]/2, s.y+h/2, 3.6)
	x := left + g.cols[0]
	for i, l := range set {
		y := s.y + h/2 + 1.05 - float64(len(l)-1)*rowLead/2
		for j, t := range l {
			s.text(x+1.5, y+float64(j)*rowLead, body, t)
		}
		s.line(x, s.y, x, s.y+h, 0.15, split)
		x += g.cols[i+1]
	}
	s.y += h
	s.line(left, s.y, right, s.y, 0.15, black)
}

// note is a remark with its symbol.
func (s *sheet) note(st state, text string) {
	body := style{render.Regular, 8, black}
	lines := s.lines(body, width-5, text)
	s.room(float64(len(lines)) * 4)
	s.symbol(st, left+1.5, s.y+1.9, 3)
	for i, l := range lines {
		s.text(left+5, s.y+3+float64(i)*4, body, l)
	}
	s.y += float64(len(lines))*4 + 0.6
}

func (s *sheet) small(text string) {
	st := style{render.Regular, 6.5, grey}
	lines := s.lines(st, width, text)
	s.room(float64(len(lines)) * 3.2)
	for _, l := range lines {
		s.y += 3.2
		s.text(left, s.y, st, l)
	}
}

// finish sets the foot of every page, now that their number is known.
func (s *sheet) finish() {
	all := s.pages
	for i := range all {
		s.pages = all[:i+1]
		s.line(left, 279, right, 279, 0.25, black)
		x := left
		for _, l := range []struct {
			st   state
			text string
		}{{proven, "经验证符合 proven"}, {stated, "据记载符合 stated"}, {remark, "提示 remark"}, {no, "不符合 no"}, {unknown, "未检查 not checked"}} {
			s.symbol(l.st, x+1.6, 281.6, 3)
			x = s.text(x+4.2, 282.6, style{render.Regular, 7.5, black}, l.text) + 4.5
		}
		s.rightText(right, 282.6, style{render.Bold, 8, black}, fmt.Sprintf("第 %d 页 共 %d 页", i+1, len(all)))
		s.text(left, 286.4, style{render.Regular, 7, grey}, "本报告由程序自动生成，只陈述可由文件本身和所列信任根验证的事实，不构成法律意见。")
		s.text(left, 289.4, style{render.Regular, 6.5, grey}, "Generated by a program; it states facts that the file and the roots listed prove, and is no legal advice.")
	}
	s.pages = all
}
