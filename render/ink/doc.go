// Package ink turns the samples of a signature into ink: cleaned, smoothed
// strokes, drawn with a nib as closed outlines in the integers of a PDF. It
// knows no file and no picture; ink comes from a pad and from nowhere else.
//
// Start at [Draw]; [Smooth] gives the smoothed centrelines and the outlines
// separately.
//
// Lengths are mm, times s, pressures 0..1 of the pad's range; a pad's Y runs
// down, an outline's up.
package ink
