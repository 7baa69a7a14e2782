// Package watermark hides a mark in the outlines of handwriting and reads it
// back: whose ink this is (the handle of a voucher), and that it belongs to
// this voucher and to no other (its context). It is layer 1, the binding mark:
// exact, for vector ink that was lifted, edited or copied. Start with [Mark]
// and [Read].
//
// # Symbols
//
// A coordinate c of a stroke is an integer in 1/100 pt (3.53 µm). The stroke's
// anchor a is the first point of its first contour; it never moves. v = c − a
// splits into the upper part ⌊v/2⌋, which Embed leaves alone, and the low bit,
// which carries the mark: a coordinate moves by at most one unit. The last
// point of a contour repeats its start and carries nothing. So a stroke with n
// other points has 2n bits, about 60 in a dot and 5,000 in a signature, and all
// survive any move of the whole ink.
//
// Every bit is keyed (HMAC-SHA256, keys by HKDF from the branch's secret) and
// every bit is checked. A stroke's bits belong, evenly mixed, to
//
//	header   handle, its length, stroke index, count, 40-bit tag: repeated
//	         through at least half of the bits of a stroke that holds a copy
//	         (200 bits for 11 bytes). A smaller stroke gives a third of its
//	         bits to a piece of the header, masked by its index.
//	own      of the rest, 1/3: the upper parts of this stroke, its index
//	place    1/3: the same and the way to the anchors of the one and two
//	         strokes before and after
//	context  1/3: the context, the upper parts of this stroke and of both
//	         neighbours, the way to them
//
// An edit by two units or more changes an upper part, and half of the own bits
// fail; an edit by one unit that does not is one wrong bit. A stroke that was
// moved fails in place, a foreign one in index or own, ink in the wrong voucher
// in context alone: so Read tells them apart. Chance passes such an edit of a
// dot of 60 bits with about 2^-26, and 2^-40 with the context.
//
// # What it proves and what not
//
// Whoever holds the branch's key can forge the mark: it is evidence for the
// bank, not for a court; the certificate signature is. Without the context one
// third of the bits cannot be checked, so an edit by one unit may pass there.
// Ink so small that it holds no whole header (Margin.Copies 0) can be checked
// against a claimed handle by [Check] but does not name itself. The header is
// masked, not encrypted: a handle should be a number, not a secret. An edit of
// more than a few strokes at once may be put down to a neighbour as well.
//
// This layer does not survive print, scan, scaling or rounding: package robust,
// the layer in the width of the line, does. [Mark] hides both, robust first. A
// signature by public key in the bits of large strokes is not built.
//
// A workstation's stolen key forges marks of that branch until the key is
// changed; it opens no other branch's marks and signs no PDF.
package watermark
