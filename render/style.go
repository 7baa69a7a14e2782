package render

// Colours of the pages as 0xRRGGBB. Meaning never hangs on colour alone.
const (
	inkBlack  = 0x111111
	greyText  = 0x555555 // 7.5:1 on white
	greyCut   = 0x777777
	labelFill = 0xF3F3F3
	headFill  = 0xE2E2E2
	trialGrey = 0xECECEC
	trialBand = 0x1A1A1A
	white     = 0xFFFFFF
	sealRed   = 0xC8102E // the only red on a voucher
)

// Widths of rules in mm.
const (
	frameLine  = 0.35
	innerLine  = 0.15
	boxLine    = 0.25
	cutLine    = 0.2
	footLine   = 0.25
	marginLeft = 15.0
	pageWidth  = 210.0
	pageHeight = 297.0
	textWidth  = 180.0
	textRight  = marginLeft + textWidth
)

// groupGap is the space between groups of digits in em: wide enough for the
// eye; ActualText keeps it out of copied text.
const groupGap = 0.28

// midline is the height of the middle of a Chinese character above the
// baseline in em.
const midline = 0.38

// style is how a text looks.
type style struct {
	face  Face
	size  float64 // pt
	color uint32
}

func plain(size float64) style { return style{Regular, size, inkBlack} }
func bold(size float64) style  { return style{Bold, size, inkBlack} }
func grey(size float64) style  { return style{Regular, size, greyText} }

func rgb(c uint32) Color { return Color{uint8(c >> 16), uint8(c >> 8), uint8(c)} }

func rgbp(c uint32) *Color { v := rgb(c); return &v }
