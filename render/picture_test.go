package render_test

import (
	"flag"
	"fmt"
	"image/png"
	"os"
	"testing"

	"moqian/render/raster"
)

var pictures = flag.String("pictures", "", "directory for pictures to look at")

func TestPictures(t *testing.T) {
	dir := *pictures
	if dir == "" {
		t.Skip("no -pictures directory: nothing to look at")
	}
	for _, code := range codes() {
		for _, trial := range []bool{false, true} {
			f := filled(t, code, nil)
			f.Header.Trial = trial
			for i, p := range sheet(t, f).Pages {
				img, err := raster.Page(p, nil, fonts(t), 100)
				if err != nil {
					t.Fatal(err)
				}
				w, err := os.Create(fmt.Sprintf("%s/%s-%v-%d.png", dir, code, trial, i+1))
				if err != nil {
					t.Fatal(err)
				}
				if err := png.Encode(w, img); err != nil {
					t.Fatal(err)
				}
				w.Close()
			}
		}
	}
}
