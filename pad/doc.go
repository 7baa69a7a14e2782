// Package pad is the signature pad: its readings in millimetres, the device
// they come from, and the capture that holds one customer's pen work.
//
// Start with [Device] (opened by pad/usb, or by pad/virtual in trial builds)
// and [Capture]: Record pumps the device until its context ends, Take hands
// the samples over once, Wipe overwrites them.
//
// Ink has one way in. A Device is a struct around a driver, and New takes the
// driver in a wrapper that only code below pad/ can fill, so nobody else can
// stand between a pad and a capture. A Capture lives in memory only: it cannot
// be serialised, prints as a fixed text and leaves no old copy when it grows.
//
// The package starts no goroutine, reads no clock and knows no file. Lengths
// are mm from the top left of the surface, Y downwards; times are the device's
// own, counted from the start of the capture; pressure is 0 to 1 of the
// device's range. Counts of a device never leave its driver.
//
// What it does not promise: memory of the kernel, of the USB stack and of the
// Go stack is out of its reach; a program that uses package unsafe can read
// and forge anything.
package pad
