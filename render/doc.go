// Package render lays out vouchers: from a filled form to pages of items with
// fixed places, and the signature boxes, seal and code on them. It decides
// every line break, so screen, pad, PDF and print show the same thing.
//
// It paints nothing itself: render/raster turns pages into pixels, render/pdf
// into PDF. It checks no entries (render/form does) and draws no ink
// (render/ink does). Start at Voucher; the places and sizes in this package
// are the bank's page specification in mm and points, measured from the
// upper left corner of the page.
//
// The package starts no goroutine. A Fonts may be used by several at once.
package render
