package render_test

import (
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"moqian/render"
	"moqian/render/raster"
)

var (
	pictures = flag.String("pictures", "", "write pictures of all types for the eye into this directory")
	dpi      = flag.Float64("dpi", 100, "resolution of the pictures")
)

// TestPictures writes what a person should look at after changing the layout.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("NOT CHECKED: pictures for a person; -args -pictures DIR makes them")
	}
	for _, code := range codes() {
		for _, trial := range []bool{false, true} {
			f := filled(t, code, nil)
			f.Header.Trial = trial
			picture(t, fmt.Sprintf("%s-trial=%v", code, trial), sheet(t, f).Pages)
			s := slip(t, code, nil)
			s.Header.Trial = trial
			picture(t, fmt.Sprintf("%s-trial=%v-slip", code, trial), []render.Page{slipPage(t, s)})
		}
		picture(t, code+"-worst", sheet(t, worstForm(t, code, longName)).Pages)
	}
}

func picture(t *testing.T, name string, pages []render.Page) {
	t.Helper()
	for i, p := range pages {
		img, err := raster.Page(p, nil, fonts(t), *dpi)
		if err != nil {
			t.Fatal(err)
		}
		w, err := os.Create(filepath.Join(*pictures, fmt.Sprintf("%s-%d.png", name, i+1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(w, img); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
