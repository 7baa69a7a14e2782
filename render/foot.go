package render

import "math"

// hints stand at the foot of every page.
const (
	hintVoucher = "本凭证为附可靠电子签名的数据电文，以电子原件为准；打开电子原件可见签名状态，打印件凭凭证号或扫码核验。"
	hintForm    = "各页为同一电子凭证，由同一数字签名固定；缺页、换页均可被发现。以电子原件为准，可凭凭证号核验。"
	trialWords  = "TEST 测试 · 试用模式产生，不是有效凭证 · NOT A VALID VOUCHER · 测试 TEST"
)

func (c *canvas) halfFoot(r *reader, y float64) {
	c.rule(marginLeft, y, textRight, y, footLine, inkBlack)
	c.staff(r, y+3.4)
	c.left(marginLeft, y+6.7, grey(7), hintVoucher)
}

// staff names who worked where.
func (c *canvas) staff(r *reader, y float64) {
	c.what = "staff line"
	h := r.Header
	c.left(marginLeft, y, plain(7.5), "柜员 Teller "+orEmpty(h.Teller)+"   授权 Supervisor "+orEmpty(h.Supervisor)+
		"   终端 "+orEmpty(h.Workstation)+"   机构 "+orEmpty(h.Branch))
}

// cut is the dashed line between the copies with its words in a gap.
func (c *canvas) cut() {
	const gap = 26.0
	for _, x := range []float64{0, (pageWidth + gap) / 2} {
		c.add(Line{X1: x, Y1: halfHeight, X2: x + (pageWidth-gap)/2, Y2: halfHeight,
			Width: cutLine, Color: rgb(greyCut), Dash: []float64{2, 1.5}})
	}
	c.centre(pageWidth/2, halfHeight+0.85, grey(6.5), "裁切线 Cut here")
}

// trialBand is the bar across the top of whatever trial mode makes.
func (c *canvas) trialBand(y0 float64) {
	c.what = "trial band"
	c.fill(0, y0+4.5, pageWidth, 5.5, trialBand)
	c.centre(pageWidth/2, y0+8.4, style{Bold, 9, white}, trialWords)
}

// trialLetters lie under everything, turned around their middle. The words that
// copying finds stand in the band.
func (c *canvas) trialLetters(x, y float64) {
	const size, angle = 64.0, -18.0
	c.what = "trial letters"
	runs, w, err := c.fonts.Split(Bold, size, "测试 TEST")
	c.fail(err)
	sin, cos := math.Sincos(angle * math.Pi / 180)
	dx, dy := -w/2, midline*size*MMPerPt
	c.add(Text{X: x + dx*cos - dy*sin, Y: y + dx*sin + dy*cos, Size: size,
		Color: rgb(trialGrey), Angle: angle, Runs: runs, Mute: true})
}
