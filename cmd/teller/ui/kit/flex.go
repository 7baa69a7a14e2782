package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"image/color"
)

// align is where a child stands across the direction of its row or column.
type align uint8

const (
	usual align = iota // rows: centred; columns: full width
	fill
	start
	middle
	end
)

// slot wraps a child with what rows and columns should know about it.
type slot struct {
	w, h       float32 // fixed size, 0: the child's own
	t, r, b, l float32 // space around the child
	grow       float32
	cross      align
}

func (s *slot) MinSize(o []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	if len(o) > 0 {
		m = o[0].MinSize()
	}
	m.Width, m.Height = m.Width+s.l+s.r, m.Height+s.t+s.b
	if s.w > 0 {
		m.Width = s.w
	}
	if s.h > 0 {
		m.Height = s.h
	}
	return m
}

func (s *slot) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, c := range o {
		c.Move(fyne.NewPos(s.l, s.t))
		c.Resize(fyne.NewSize(max(0, size.Width-s.l-s.r), max(0, size.Height-s.t-s.b)))
	}
}

func wrap(s slot, o fyne.CanvasObject) *fyne.Container { return container.New(&s, o) }

// Grow takes what is left of its row or column; its own size does not count.
func Grow(o fyne.CanvasObject) fyne.CanvasObject {
	return wrap(slot{grow: 1, cross: fill}, o)
}

// Gap takes what is left and shows nothing.
func Gap() fyne.CanvasObject { return Grow(Blank(0, 0)) }

// Blank is nothing of a size.
func Blank(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

// Fix gives a fixed width and height; 0 leaves the child's own.
func Fix(w, h float32, o fyne.CanvasObject) fyne.CanvasObject { return wrap(slot{w: w, h: h}, o) }

// FixFill is Fix, as high as its row.
func FixFill(w, h float32, o fyne.CanvasObject) fyne.CanvasObject {
	return wrap(slot{w: w, h: h, cross: fill}, o)
}

// Inset puts space around: top, right, bottom, left.
func Inset(t, r, b, l float32, o fyne.CanvasObject) fyne.CanvasObject {
	return wrap(slot{t: t, r: r, b: b, l: l}, o)
}

// Fill makes a child as high as its row.
func Fill(o fyne.CanvasObject) fyne.CanvasObject { return wrap(slot{cross: fill}, o) }

// Start keeps a child at the top of its row or the left of its column.
func Start(o fyne.CanvasObject) fyne.CanvasObject { return wrap(slot{cross: start}, o) }

// Middle keeps a child in the middle of its column.
func Middle(o fyne.CanvasObject) fyne.CanvasObject { return wrap(slot{cross: middle}, o) }

// End keeps a child at the right of its column or the bottom of its row.
func End(o fyne.CanvasObject) fyne.CanvasObject { return wrap(slot{cross: end}, o) }

// Center puts a child of its own size in the middle of the place.
func Center(o fyne.CanvasObject) fyne.CanvasObject { return container.NewCenter(o) }

// Stack puts the later over the earlier.
func Stack(o ...fyne.CanvasObject) fyne.CanvasObject { return container.NewStack(o...) }

// H is a row, V a column, with a gap between the children.
func H(gap float32, o ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap, row: true}, o...)
}

// V is a column.
func V(gap float32, o ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flex{gap: gap}, o...)
}

type flex struct {
	gap float32
	row bool
}

func slotOf(o fyne.CanvasObject) (grow float32, cross align) {
	if c, ok := o.(*fyne.Container); ok {
		if s, ok := c.Layout.(*slot); ok {
			return s.grow, s.cross
		}
	}
	return 0, usual
}

func (f *flex) along(s fyne.Size) (a, b float32) {
	if f.row {
		return s.Width, s.Height
	}
	return s.Height, s.Width
}

func (f *flex) size(a, b float32) fyne.Size {
	if f.row {
		return fyne.NewSize(a, b)
	}
	return fyne.NewSize(b, a)
}

func (f *flex) MinSize(o []fyne.CanvasObject) fyne.Size {
	var sum, most float32
	n := 0
	for _, c := range o {
		if !c.Visible() {
			continue
		}
		a, b := f.along(c.MinSize())
		if g, _ := slotOf(c); g > 0 {
			a = 0
		}
		sum, most = sum+a, max(most, b)
		n++
	}
	return f.size(sum+f.gap*float32(max(0, n-1)), most)
}

func (f *flex) Layout(o []fyne.CanvasObject, size fyne.Size) {
	length, width := f.along(size)
	free, grows := length, float32(0)
	n := 0
	for _, c := range o {
		if !c.Visible() {
			continue
		}
		n++
		if g, _ := slotOf(c); g > 0 {
			grows += g
			continue
		}
		a, _ := f.along(c.MinSize())
		free -= a
	}
	free = max(0, free-f.gap*float32(max(0, n-1)))
	at := float32(0)
	for _, c := range o {
		if !c.Visible() {
			continue
		}
		a, b := f.along(c.MinSize())
		g, cross := slotOf(c)
		if g > 0 {
			a = free * g / grows
		}
		off := f.across(cross, width, &b)
		p := f.size(at, off)
		c.Move(fyne.NewPos(p.Width, p.Height))
		c.Resize(f.size(a, b))
		at += a + f.gap
	}
}

// across gives the offset of a child and sets its extent b.
func (f *flex) across(cross align, width float32, b *float32) float32 {
	switch {
	case cross == fill || cross == usual && !f.row:
		*b = width
		return 0
	case cross == start:
		return 0
	case cross == end:
		return width - *b
	}
	return (width - *b) / 2
}

// Sized builds its content for the size it is given, anew when that changes.
func Sized(build func(fyne.Size) fyne.CanvasObject) *fyne.Container {
	s := &sized{build: build}
	s.c = container.New(s)
	return s.c
}

type sized struct {
	build func(fyne.Size) fyne.CanvasObject
	last  fyne.Size
	c     *fyne.Container
}

func (s *sized) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (s *sized) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size.Width < 2 || size.Height < 2 {
		return
	}
	if size != s.last || len(s.c.Objects) == 0 {
		s.last = size
		s.c.Objects = []fyne.CanvasObject{s.build(size)}
	}
	s.c.Objects[0].Move(fyne.NewPos(0, 0))
	s.c.Objects[0].Resize(size)
}

// Free is a place where children stand where [At] put them.
func Free(o ...fyne.CanvasObject) *fyne.Container { return container.NewWithoutLayout(o...) }

// At places a child of a [Free] place.
func At(x, y, w, h float32, o fyne.CanvasObject) fyne.CanvasObject {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	return o
}
