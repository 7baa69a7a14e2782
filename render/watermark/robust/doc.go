// Package robust hides a handle in the width of the nib and reads it back from
// print, scan, screenshot or page raster: layer 2 of the mark, which outlives
// the PDF. Start with [Embed], [Read] and [Check].
package robust
