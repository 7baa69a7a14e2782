// Package padcmd is what `tellerctl pads` and `tellerctl calibrate fit` do:
// functions of readers and rows, without flags and without output of their own.
//
// Start with [List], [Watch] and [Fit]; [Help] documents the file of taps. It
// finds no pads itself: a *usb.Pads does. Lengths are mm.
package padcmd
