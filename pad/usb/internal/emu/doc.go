// Package emu is a set of USB signature pads made of software, for tests: they
// answer control requests, take bulk data and offer interrupt reports as a
// device on a cable would, faults included.
//
// It was written from the protocol text alone, before the driver was, and
// imports nothing of it: what the two agree on, the text says. It keeps the
// same state table, lengths and delays that the text gives for real pads, and
// refuses what they refuse.
//
// Start with [NewSTU], [NewPen] or [NewTablet]; [Pad.Control], [Pad.Out] and
// [Pad.Next] are the cable's end. Units are counts and pixels; nothing here
// knows millimetres.
package emu
