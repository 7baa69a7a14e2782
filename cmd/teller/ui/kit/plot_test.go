package kit

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Plots stay inside their place, whatever the values.
func TestPlotsStayInside(t *testing.T) {
	l := look(t)
	size := fyne.NewSize(300, 160)
	for name, o := range map[string]fyne.CanvasObject{
		"histogram": l.Histogram([]float64{0, 1, 0.5, 0.01}, Axes{0, 0.06, "mm"}, 0.05, "limit 0.05", size),
		"no limit":  l.Histogram([]float64{1}, Axes{0, 20, "ms"}, math.NaN(), "", size),
		"empty":     l.Histogram(nil, Axes{0, 20, "ms"}, 30, "outside", size),
		"curve":     l.Curve([][2]float64{{0.04, 0}, {0.4, 0.5}, {1, 1}}, []string{"onset", "median"}, size),
	} {
		o.Resize(size)
		n := 0
		Walk(o, func(c fyne.CanvasObject, at fyne.Position) {
			switch c := c.(type) {
			case *canvas.Line:
				n++
				for _, p := range []fyne.Position{c.Position1, c.Position2} {
					if p.X < -1 || p.X > size.Width+1 || p.Y < -1 || p.Y > size.Height+1 {
						t.Errorf("%s: a line reaches %v", name, p)
					}
				}
			case *canvas.Rectangle, *canvas.Circle, *canvas.Text:
				n++
				if at.X < -6 || at.X+c.Size().Width > size.Width+7 || at.Y < -1 || at.Y+c.Size().Height > size.Height+3 {
					t.Errorf("%s: %T at %v, %v", name, c, at, c.Size())
				}
			}
		})
		if n < 6 {
			t.Errorf("%s: %d parts", name, n)
		}
	}
}

// An arrow has a head, but not when it is hardly there.
func TestArrow(t *testing.T) {
	l := look(t)
	if n := len(l.Arrow(0, 0, 30, 0, l.P.Accent)); n != 3 {
		t.Errorf("%d parts", n)
	}
	if n := len(l.Arrow(0, 0, 2, 0, l.P.Accent)); n != 1 {
		t.Errorf("a tiny arrow: %d parts", n)
	}
}
