package raster

import (
	"image"

	"moqian/render"
)

// Page paints a page and the ink that lies on it (Ink.Page is ignored: pass
// only this page's) at the given resolution.
func Page(p render.Page, inks []render.Ink, fonts *render.Fonts, dpi float64) (*image.RGBA, error) {
	panic("seam")
}
