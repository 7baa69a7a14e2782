// Package platform is what differs between systems and is done by their own
// programs: showing a stored PDF (pdftoppm), printing (lp), a voice (spd-say or
// espeak-ng), where the screens are (xrandr), whether there is a display, how
// much room the disk has. It decides nothing and keeps nothing; documents go to
// those programs through a pipe, never through a file.
//
// Each function says whether it can work here: a program that is missing is an
// error or a nil function, not a crash. Sizes are pixels and bytes.
package platform
