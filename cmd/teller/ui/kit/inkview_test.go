package kit

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// A frame holds every touch queued before it; a wipe leaves nothing.
func TestInkView(t *testing.T) {
	l := look(t)
	v := l.NewInkView()
	v.Add(0, []Touch{{-0.4, 0, 0.01}, {0.4, 0, 0.01}}, nil)
	v.Add(1, []Touch{{0.4, 0.2, 0.01}}, nil)
	img := v.paint(200, 100).(*image.RGBA)
	if c := img.RGBAAt(100, 50); c.A != 255 || c.R != l.P.Pen.R {
		t.Errorf("the middle of the stroke is %v", c)
	}
	if c := img.RGBAAt(100, 90); c.A != 0 {
		t.Errorf("beside the stroke is %v", c)
	}
	if c := img.RGBAAt(180, 75); c.A != 0 {
		t.Error("two strokes were linked")
	}
	if c := img.RGBAAt(180, 90); c.A == 0 {
		t.Error("the dot is missing")
	}
	if len(v.queue) != 0 {
		t.Error("touches were kept")
	}
	if again := v.paint(200, 100); again != image.Image(img) {
		t.Error("another raster for the same size")
	}
	larger := v.paint(400, 200).(*image.RGBA)
	if c := larger.RGBAAt(200, 100); c.A == 0 {
		t.Error("the ink was lost when the window grew")
	}
	v.Add(2, []Touch{{-0.3, -0.1, 0.01}}, []Touch{{-0.3, -0.1, 0.01}, {-0.2, 0, 0.01}})
	v.Wipe()
	for _, b := range larger.Pix {
		if b != 0 {
			t.Fatal("the raster holds ink after a wipe")
		}
	}
	for _, p := range v.queue[:cap(v.queue)] {
		if p != (touch{}) {
			t.Fatal("the queue holds ink after a wipe")
		}
	}
	for _, p := range v.near[:cap(v.near)] {
		if p != (Touch{}) {
			t.Fatal("the newest touches are there after a wipe")
		}
	}
	for _, b := range v.paint(400, 200).(*image.RGBA).Pix {
		if b != 0 {
			t.Fatal("ink is shown after a wipe")
		}
	}
}

// What the pen is not sure of is shown at once and gone with the next touch.
func TestInkViewNear(t *testing.T) {
	v := look(t).NewInkView()
	for _, ground := range []*image.RGBA{nil, image.NewRGBA(image.Rect(0, 0, 200, 100))} {
		v.Wipe()
		if ground != nil {
			draw.Draw(ground, ground.Rect, image.White, image.Point{}, draw.Src)
			v.Ground(ground)
		}
		v.Add(0, []Touch{{-0.4, 0, 0.01}}, []Touch{{-0.4, 0, 0.01}, {0, 0, 0.01}})
		img := v.paint(200, 100).(*image.RGBA)
		if c := img.RGBAAt(60, 50); c.R > 30 || c.A != 255 {
			t.Fatalf("what is near is not shown: %v", c)
		}
		v.Add(0, []Touch{{-0.4, 0.2, 0.01}}, []Touch{{-0.4, 0.2, 0.01}, {0, 0.2, 0.01}})
		img = v.paint(200, 100).(*image.RGBA)
		want := color.RGBA{}
		if ground != nil {
			want = color.RGBA{255, 255, 255, 255}
		}
		if c := img.RGBAAt(60, 50); c != want {
			t.Errorf("what was near once stands still: %v", c)
		}
		if c := img.RGBAAt(20, 70); c.R > 30 {
			t.Errorf("what is sure is gone: %v", c)
		}
		v.Add(0, nil, nil)
		if c := v.paint(200, 100).(*image.RGBA).RGBAAt(60, 90); c != want {
			t.Errorf("after pen-up: %v", c)
		}
	}
}

func TestInkViewFinal(t *testing.T) {
	v := look(t).NewInkView()
	if w, h := v.Pixels(); w != 0 || h != 0 {
		t.Errorf("before the first frame: %d x %d", w, h)
	}
	v.Add(0, []Touch{{0, 0, 0.01}}, nil)
	v.paint(20, 10)
	if w, h := v.Pixels(); w != 20 || h != 10 {
		t.Errorf("pixels %d x %d", w, h)
	}
	final := image.NewRGBA(image.Rect(0, 0, 20, 10))
	final.SetRGBA(1, 1, color.RGBA{1, 2, 3, 255})
	v.Final(final)
	if c := color.RGBAModel.Convert(v.paint(20, 10).At(1, 1)); c != (color.RGBA{1, 2, 3, 255}) {
		t.Errorf("the final ink is not shown: %v", c)
	}
	v.Add(1, nil, []Touch{{0.1, 0, 0.01}})
	if c := color.RGBAModel.Convert(v.paint(20, 10).At(1, 1)).(color.RGBA); c.A != 0 {
		t.Error("the pen came down and the live ink is not shown")
	}
}
