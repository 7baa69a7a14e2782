//go:build virtualpad

// Package virtual is a pad made of software: it plays a pen track into the
// same seam that a pad on the cable fills, at the track's own pace or as fast
// as it is read, and can lag, lose reports and be unplugged. Trial builds and
// tests only (build tag virtualpad); Info.Virtual marks all that is signed on
// it as TEST.
//
// Start with [ReadTrack] (a record of a file of handwriting) or [Synthetic] (a
// track made from a seed), then [Open]. A [Pad] plays each track once; Load
// gives it the next.
//
// Handwriting is not left lying about: ReadTrack overwrites the bytes it was
// given and makes no copy of any record but the chosen one, a played sample is
// overwritten in the track at once, Close overwrites the rest.
//
// Units: mm from the top left of a surface that is as large as the track
// needs, Y downwards; times from the first sample; pressure 0 to 1, and 0 with
// Info.Levels 0 where the file has none.
package virtual
