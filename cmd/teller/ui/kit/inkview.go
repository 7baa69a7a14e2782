package kit

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Point of the pen in the box: 0 to 1 from its top left, pressure 0 to 1.
type Point struct {
	X, Y, P float32
	Down    bool
}

// InkView is the surface that ink is drawn on: one persistent raster behind one
// canvas object. Points are queued from any goroutine and drawn when the
// toolkit asks for the next frame, so a frame always holds the newest point.
type InkView struct {
	widget.BaseWidget
	// Pen, if set, hears the mouse: place in 0 to 1 of the view.
	Pen func(x, y float32, down bool)
	// Nib is the width of the line at no and at full pressure, as parts of the
	// view's width.
	Thin, Thick float32

	raster *canvas.Raster
	ink    color.NRGBA

	mu     sync.Mutex // guards everything below
	queue  []Point
	final  image.Image
	useFin bool
	wasFin bool // the last frame showed the final ink
	frames int

	ground *image.RGBA     // what lies under the ink, nil: it is transparent
	comp   *image.RGBA     // ground and ink
	dirty  image.Rectangle // of comp

	img  *image.RGBA // the live ink
	out  *image.RGBA // the final ink at the view's size
	last Point
	down bool

	mouse Point // the toolkit's goroutine
}

// NewInkView makes an empty one.
func (l Look) NewInkView() *InkView {
	v := &InkView{ink: l.P.Pen, Thin: 0.0045, Thick: 0.013}
	v.raster = canvas.NewRaster(v.paint)
	v.raster.ScaleMode = canvas.ImageScalePixels
	v.ExtendBaseWidget(v)
	return v
}

// CreateRenderer is called by the toolkit.
func (v *InkView) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(v.raster) }

// Add queues a point. Call Draw (on the toolkit's goroutine) to have it shown.
func (v *InkView) Add(p Point) {
	v.mu.Lock()
	if p.Down {
		v.useFin = false
	}
	v.queue = append(v.queue, p)
	v.mu.Unlock()
}

// Wipe empties it and overwrites at once everything that was drawn.
func (v *InkView) Wipe() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.queue[:cap(v.queue)])
	v.queue, v.down = v.queue[:0], false
	for _, img := range []image.Image{v.img, v.out, v.final} {
		if rgba, ok := img.(*image.RGBA); ok && rgba != nil {
			clear(rgba.Pix)
		}
	}
	v.final, v.useFin = nil, false
	if v.comp != nil {
		v.comp, v.dirty = clearOf(v.comp), image.Rectangle{}
	}
}

// clearOf overwrites a picture that held ink and forgets it.
func clearOf(img *image.RGBA) *image.RGBA {
	clear(img.Pix)
	return nil
}

// Ground is the picture under the ink; the view then paints both, opaque, so
// that nothing has to be painted below it. It keeps the picture.
func (v *InkView) Ground(pic *image.RGBA) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.comp != nil {
		v.comp = clearOf(v.comp)
	}
	v.ground = pic
}

// Final shows a picture instead of the live ink until the pen comes down again.
func (v *InkView) Final(img image.Image) {
	v.mu.Lock()
	v.final, v.useFin = img, img != nil
	v.mu.Unlock()
}

// Draw has the next frame show what was queued.
func (v *InkView) Draw() { v.raster.Refresh() }

// Frames is how often it was drawn.
func (v *InkView) Frames() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.frames
}

// paint runs on the toolkit's goroutine when a frame is made.
func (v *InkView) paint(w, h int) image.Image {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.frames++
	if v.img == nil || v.img.Rect.Dx() != w || v.img.Rect.Dy() != h {
		old := v.img
		v.img = image.NewRGBA(image.Rect(0, 0, w, h))
		if old != nil {
			scaleInto(v.img, old)
			clear(old.Pix)
		}
	}
	for _, p := range v.queue {
		v.segment(p)
	}
	clear(v.queue)
	v.queue = v.queue[:0]
	if v.useFin && v.final != nil {
		return v.grounded(v.settled(w, h), true)
	}
	return v.grounded(v.img, v.comp == nil || v.wasFin)
}

// grounded is ink on its ground. Only what changed is composed, unless all is
// asked for.
func (v *InkView) grounded(ink *image.RGBA, all bool) image.Image {
	v.wasFin = ink != v.img
	if v.ground == nil {
		v.dirty = image.Rectangle{}
		return ink
	}
	if v.comp == nil || v.comp.Rect != ink.Rect {
		v.comp, all = image.NewRGBA(ink.Rect), true
		if v.ground.Rect != ink.Rect {
			g := image.NewRGBA(ink.Rect)
			scaleInto(g, v.ground)
			v.ground = g
		}
	}
	area := v.dirty.Intersect(ink.Rect)
	if all {
		area = ink.Rect
	}
	draw.Draw(v.comp, area, v.ground, area.Min, draw.Src)
	draw.Draw(v.comp, area, ink, area.Min, draw.Over)
	v.dirty = image.Rectangle{}
	return v.comp
}

// settled is the final ink fitted to the view.
func (v *InkView) settled(w, h int) *image.RGBA {
	if v.out == nil || v.out.Rect.Dx() != w || v.out.Rect.Dy() != h {
		v.out = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	clear(v.out.Pix)
	if v.final.Bounds().Dx() == w && v.final.Bounds().Dy() == h {
		draw.Draw(v.out, v.out.Rect, v.final, v.final.Bounds().Min, draw.Src)
	} else {
		scaleInto(v.out, v.final)
	}
	return v.out
}

func scaleInto(dst *image.RGBA, src image.Image) {
	b := src.Bounds()
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			dst.Set(x, y, src.At(b.Min.X+x*b.Dx()/dst.Rect.Dx(), b.Min.Y+y*b.Dy()/dst.Rect.Dy()))
		}
	}
}

// segment draws from the last point to p as a capsule whose ends have the
// width of their pressure.
func (v *InkView) segment(p Point) {
	if !p.Down {
		v.down = false
		return
	}
	a := p
	if v.down {
		a = v.last
	}
	v.capsule(a, p)
	v.last, v.down = p, true
}

func (v *InkView) capsule(a, b Point) {
	w, h := float32(v.img.Rect.Dx()), float32(v.img.Rect.Dy())
	width := func(p Point) float32 { return max(0.7, w*(v.Thin+(v.Thick-v.Thin)*p.P)/2) }
	ax, ay, ra := a.X*w, a.Y*h, width(a)
	bx, by, rb := b.X*w, b.Y*h, width(b)
	r := max(ra, rb) + 1
	x0, x1 := int(max(0, min(ax, bx)-r)), int(min(w-1, max(ax, bx)+r))
	y0, y1 := int(max(0, min(ay, by)-r)), int(min(h-1, max(ay, by)+r))
	v.dirty = v.dirty.Union(image.Rect(x0, y0, x1+1, y1+1))
	dx, dy := bx-ax, by-ay
	n := dx*dx + dy*dy
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			px, py := float32(x)+0.5-ax, float32(y)+0.5-ay
			t := float32(0)
			if n > 0 {
				t = min(1, max(0, (px*dx+py*dy)/n))
			}
			ex, ey := px-t*dx, py-t*dy
			cover := ra + (rb-ra)*t - float32(math.Sqrt(float64(ex*ex+ey*ey))) + 0.5
			if cover > 0 {
				v.dot(x, y, min(1, cover))
			}
		}
	}
}

// dot darkens a pixel to at least the cover given.
func (v *InkView) dot(x, y int, cover float32) {
	i := v.img.PixOffset(x, y)
	a := uint8(cover * 255)
	if v.img.Pix[i+3] >= a {
		return
	}
	f := uint32(a)
	v.img.Pix[i] = uint8(uint32(v.ink.R) * f / 255)
	v.img.Pix[i+1] = uint8(uint32(v.ink.G) * f / 255)
	v.img.Pix[i+2] = uint8(uint32(v.ink.B) * f / 255)
	v.img.Pix[i+3] = a
}

func (v *InkView) tell(p fyne.Position, down bool) {
	if s := v.Size(); v.Pen != nil && s.Width > 0 {
		v.mouse = Point{X: p.X / s.Width, Y: p.Y / s.Height}
		v.Pen(v.mouse.X, v.mouse.Y, down)
	}
}

// MouseDown is called by the toolkit.
func (v *InkView) MouseDown(e *desktop.MouseEvent) { v.tell(e.Position, true) }

// MouseUp is called by the toolkit.
func (v *InkView) MouseUp(e *desktop.MouseEvent) { v.tell(e.Position, false) }

// Dragged is called by the toolkit.
func (v *InkView) Dragged(e *fyne.DragEvent) { v.tell(e.Position, true) }

// DragEnd is called by the toolkit: the button was let go, perhaps elsewhere.
func (v *InkView) DragEnd() {
	if v.Pen != nil {
		v.Pen(v.mouse.X, v.mouse.Y, false)
	}
}
