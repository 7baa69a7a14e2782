// Package model knows which pads there are and what their bytes mean. A pad is
// one JSON file in devices/ (ids, size, maxima, decoder, wake-up) plus one small
// decoder for each layout of report. Nothing here talks to hardware.
//
// Start with [Find] (a [Spec] for USB ids), [Parse] and [PenOf] (a generic pen
// from its HID report descriptor), and [Decoder]: it turns a raw report into
// [Reading] values. The STU part also builds and reads that family's feature
// reports ([Capability], [Status], [Rect], …), its pictures and its two
// encryptions.
//
// Counts of a device stay in this package. A Reading is in mm from the top
// left, Y downwards, and pressure 0 to 1; the two 16-bit counters of a report
// (clock in ms, sequence) are handed on as they are, because they prove loss.
//
// The numbers come from public sources, marked in each JSON file; none of them
// was tried on hardware by us. A decoder never mends a report: it decodes a
// fixed length, ignores a tail (Windows pads reports) and refuses the rest with
// an error that names the reason.
package model
