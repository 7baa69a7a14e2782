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
	xdraw "golang.org/x/image/draw"
)

// Touch is a round touch of the nib: its centre from the middle of the view, to
// the right and down, and its radius, all as parts of the view's width.
type Touch struct{ X, Y, R float32 }

// InkView is the surface that ink is drawn on: one persistent raster behind one
// canvas object. Touches are queued from any goroutine and drawn when the
// toolkit asks for the next frame, so a frame always holds the newest.
type InkView struct {
	widget.BaseWidget
	// Pen, if set, hears the mouse: its place as in Touch.
	Pen func(x, y float32, down bool)

	raster *canvas.Raster
	ink    color.NRGBA

	mu     sync.Mutex // guards everything below
	queue  []touch
	final  image.Image
	useFin bool
	wasFin bool // the last frame showed the final ink
	frames int

	ground *image.RGBA     // what lies under the ink, nil: it is transparent
	comp   *image.RGBA     // ground, ink and what is near
	dirty  image.Rectangle // of comp

	img  *image.RGBA // the ink that is sure
	last touch
	any  bool // last is set

	near    []Touch // of the newest frame, not sure yet
	wet     *image.RGBA
	wetArea image.Rectangle // of wet that is not empty
	fit     *image.RGBA     // the final ink at the view's size

	mouse Touch // the toolkit's goroutine
}

// touch is one of a stroke.
type touch struct {
	Touch
	stroke int
}

// NewInkView makes an empty one.
func (l Look) NewInkView() *InkView {
	v := &InkView{ink: l.P.Pen}
	v.raster = canvas.NewRaster(v.paint)
	v.raster.ScaleMode = canvas.ImageScalePixels
	v.ExtendBaseWidget(v)
	return v
}

// CreateRenderer is called by the toolkit.
func (v *InkView) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(v.raster) }

// Add queues touches of a stroke that are sure: they are linked to those
// before. near are the newest touches of which the pen is not sure yet, in the
// order of writing; they stand until the next Add. It keeps neither slice. Call
// Draw (on the toolkit's goroutine) to have them shown.
func (v *InkView) Add(stroke int, sure, near []Touch) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(sure)+len(near) > 0 {
		v.useFin = false
	}
	for _, t := range sure {
		v.queue = append(v.queue, touch{t, stroke})
	}
	v.near = append(v.near[:0], near...)
}

// Wipe empties it and overwrites at once everything that was drawn.
func (v *InkView) Wipe() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.queue[:cap(v.queue)])
	clear(v.near[:cap(v.near)])
	v.queue, v.near, v.any, v.last = v.queue[:0], v.near[:0], false, touch{}
	for _, img := range []image.Image{v.img, v.wet, v.fit, v.final} {
		if rgba, ok := img.(*image.RGBA); ok && rgba != nil {
			clear(rgba.Pix)
		}
	}
	v.final, v.useFin, v.wetArea = nil, false, image.Rectangle{}
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

// Pixels is the size of the last frame, 0 before the first: a final picture of
// this size is shown as it is.
func (v *InkView) Pixels() (w, h int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.img == nil {
		return 0, 0
	}
	return v.img.Rect.Dx(), v.img.Rect.Dy()
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
	for _, t := range v.queue {
		v.link(t)
	}
	clear(v.queue)
	v.queue = v.queue[:0]
	v.moisten()
	if v.useFin && v.final != nil {
		return v.grounded(v.settled(w, h), true)
	}
	return v.grounded(v.img, v.comp == nil || v.wasFin)
}

// grounded is ink on its ground. Only what changed is composed, unless all is
// asked for.
func (v *InkView) grounded(ink *image.RGBA, all bool) image.Image {
	v.wasFin = ink != v.img
	if v.comp == nil || v.comp.Rect != ink.Rect {
		v.comp, all = image.NewRGBA(ink.Rect), true
		if v.ground != nil && v.ground.Rect != ink.Rect {
			g := image.NewRGBA(ink.Rect)
			scaleInto(g, v.ground)
			v.ground = g
		}
	}
	area := v.dirty.Intersect(ink.Rect)
	if all {
		area = ink.Rect
	}
	if v.ground != nil {
		draw.Draw(v.comp, area, v.ground, area.Min, draw.Src)
		draw.Draw(v.comp, area, ink, area.Min, draw.Over)
	} else {
		draw.Draw(v.comp, area, ink, area.Min, draw.Src)
	}
	if !v.wasFin {
		draw.Draw(v.comp, v.wetArea, v.wet, v.wetArea.Min, draw.Over)
	}
	v.dirty = image.Rectangle{}
	return v.comp
}

// settled is the final ink fitted to the view. A pixel more or less is a matter
// of rounding.
func (v *InkView) settled(w, h int) *image.RGBA {
	if v.fit == nil || v.fit.Rect.Dx() != w || v.fit.Rect.Dy() != h {
		v.fit = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	clear(v.fit.Pix)
	b := v.final.Bounds()
	if dx, dy := b.Dx()-w, b.Dy()-h; dx*dx <= 1 && dy*dy <= 1 {
		draw.Draw(v.fit, v.fit.Rect, v.final, b.Min, draw.Src)
	} else {
		scaleInto(v.fit, v.final)
	}
	return v.fit
}

func scaleInto(dst *image.RGBA, src image.Image) {
	xdraw.BiLinear.Scale(dst, dst.Rect, src, src.Bounds(), draw.Src, nil)
}

// link draws from the last touch of the stroke to t.
func (v *InkView) link(t touch) {
	from := t.Touch
	if v.any && v.last.stroke == t.stroke {
		from = v.last.Touch
	}
	v.dirty = v.dirty.Union(v.capsule(v.img, from, t.Touch))
	v.last, v.any = t, true
}

// moisten draws what is near on its own layer, in place of the last time's.
func (v *InkView) moisten() {
	if v.wet == nil || v.wet.Rect != v.img.Rect {
		v.wet, v.wetArea = image.NewRGBA(v.img.Rect), image.Rectangle{}
	}
	v.dirty = v.dirty.Union(v.wetArea)
	for y := v.wetArea.Min.Y; y < v.wetArea.Max.Y; y++ {
		clear(v.wet.Pix[v.wet.PixOffset(v.wetArea.Min.X, y):v.wet.PixOffset(v.wetArea.Max.X, y)])
	}
	v.wetArea = image.Rectangle{}
	for i, t := range v.near {
		v.wetArea = v.wetArea.Union(v.capsule(v.wet, v.near[max(0, i-1)], t))
	}
	v.dirty = v.dirty.Union(v.wetArea)
}

// capsule is the hull of two touches, and the place where it was drawn.
func (v *InkView) capsule(img *image.RGBA, a, b Touch) image.Rectangle {
	w, h := float32(img.Rect.Dx()), float32(img.Rect.Dy())
	ax, ay, ra := w/2+a.X*w, h/2+a.Y*w, max(0.35, a.R*w)
	bx, by, rb := w/2+b.X*w, h/2+b.Y*w, max(0.35, b.R*w)
	r := max(ra, rb) + 1
	area := image.Rect(int(min(ax, bx)-r), int(min(ay, by)-r), int(max(ax, bx)+r)+1, int(max(ay, by)+r)+1).Intersect(img.Rect)
	dx, dy := bx-ax, by-ay
	n := dx*dx + dy*dy
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			px, py := float32(x)+0.5-ax, float32(y)+0.5-ay
			t := float32(0)
			if n > 0 {
				t = min(1, max(0, (px*dx+py*dy)/n))
			}
			ex, ey := px-t*dx, py-t*dy
			cover := ra + (rb-ra)*t + 0.5
			if d := ex*ex + ey*ey; cover > 0 && d < cover*cover {
				v.dot(img, x, y, min(1, cover-float32(math.Sqrt(float64(d)))))
			}
		}
	}
	return area
}

// dot darkens a pixel to at least the cover given.
func (v *InkView) dot(img *image.RGBA, x, y int, cover float32) {
	i := img.PixOffset(x, y)
	a := uint8(cover * 255)
	if img.Pix[i+3] >= a {
		return
	}
	f := uint32(a)
	img.Pix[i] = uint8(uint32(v.ink.R) * f / 255)
	img.Pix[i+1] = uint8(uint32(v.ink.G) * f / 255)
	img.Pix[i+2] = uint8(uint32(v.ink.B) * f / 255)
	img.Pix[i+3] = a
}

func (v *InkView) tell(p fyne.Position, down bool) {
	if s := v.Size(); v.Pen != nil && s.Width > 0 {
		v.mouse = Touch{X: (p.X - s.Width/2) / s.Width, Y: (p.Y - s.Height/2) / s.Width}
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
