package pdf

import "moqian/render"

// Doc is what Write needs besides pages and ink.
type Doc struct {
	Title   string
	Lang    string // zh-CN
	Created string // RFC 3339 with offset
	// ID is the file identifier, 16 bytes.
	ID [16]byte
	// Data is the voucher's data for the XMP extension schema: property name
	// to value, in order.
	Data []Property
}

// Property is one value of the voucher's XMP schema.
type Property struct{ Name, Value, Description string }

// Write paints pages and ink into a finished PDF/A-1b file (PDF 1.4, one
// revision, no transparency, no object streams). The same input gives the same
// bytes. After Write only incremental updates touch the file.
func Write(pages []render.Page, inks []render.Ink, fonts *render.Fonts, d Doc) ([]byte, error) {
	panic("seam")
}
