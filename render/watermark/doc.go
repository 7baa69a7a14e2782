// Package watermark hides a mark in the outlines of handwriting and reads it
// back: whose ink this is (the handle of a voucher), and that it belongs to
// this voucher and to no other (its context). It is layer 1, the binding mark:
// exact, for vector ink that was lifted, edited or copied. Start with [Mark],
// [Read] (with the branch's key) and [ReadPublic] (with no secret at all).
//
// # Symbols
//
// A coordinate c of a stroke is an integer in 1/100 pt (3.53 µm). The stroke's
// anchor a is the first point of its first contour; it never moves. v = c − a
// splits into the upper part ⌊v/2⌋, which Embed leaves alone, and the low bit,
// which carries the mark: a coordinate moves by at most one unit. The last
// point of a contour repeats its start and carries nothing. So a stroke with n
// other points has 2n bits, about 60 in a dot and 3,700 in a signature (2,000
// to 8,000 in 312 records, fitted with cubics and widened by layer 2), and all
// survive any move of the whole ink. The bits of a stroke count in the order of
// the path: x before y, A and B before P, contour after contour.
//
// # By the branch's key
//
// Every bit is keyed (HMAC-SHA256, keys by HKDF from the branch's secret) and
// every bit is checked. A stroke's bits belong, evenly mixed, to
//
//	header   handle, its length, stroke index, count, 40-bit tag: repeated
//	         through at least half of the bits of a stroke that holds a copy
//	         (152 bits for 11 bytes, and 18 beside). A smaller stroke gives a
//	         third of its bits to a piece of the header, masked by its index.
//	own      of the rest, 1/3: the upper parts of this stroke, its index
//	place    1/3: the same and the way to the anchors of the one and two
//	         strokes before and after
//	context  1/3: the context, the upper parts of this stroke and of both
//	         neighbours, the way to them
//	third    part of a large stroke, taken before the others: see below
//
// An edit by two units or more changes an upper part, and half of the own bits
// fail; an edit by one unit that does not is one wrong bit. A stroke that was
// moved fails in place, a foreign one in index or own, ink in the wrong voucher
// in context alone: so Read tells them apart. Chance passes such an edit of a
// dot of 60 bits with about 2^-26, and 2^-40 with the context.
//
// # By a public key
//
// A stroke of n bits reserves t = min(n−224, n/2) of them, none when t < 48: bit
// i is reserved when ⌊(i+1)t/n⌋ > ⌊it/n⌋. The j-th reserved one is a guard bit
// when ⌊24(j+1)/t⌋ > ⌊24j/t⌋, else a room bit. n stands in the path, so anybody
// finds them. The guard bits of a stroke are a keyed digest of its room bits and
// upper parts: the branch's key finds an edit of the third part too. The room
// bits of all strokes in order carry, highest bit first,
//
//	4 bits        length of the handle in bytes
//	3 to 11 bytes the handle
//	4 bytes       which key: SHA-256("moqian ink key id 1", 0, public key)
//	16 bytes      which context: SHA-256("moqian ink commitment 1", 0, context)
//	64 bytes      Ed25519 over the label "moqian ink signature 1", the above
//	              three, the room bits left over (keyed noise, a byte each) and
//	              the SHA-256 of the ink, each with its length before it
//
// The digest of the ink covers numbers as varints (those of encoding/binary; sizes
// unsigned): how many strokes; of each stroke how many contours; of each contour
// how many curves, for the first the way from the first stroke's anchor, and the
// way from its start to its last point (0, 0: closed); then of each stroke every
// v in order, of those with a reserved bit ⌊v/2⌋. expert_test.go reads the part
// with nothing but these lines.
//
// 740 bits with a handle of 8 bytes. 282 of the 312 Latin signatures of the
// data have room for it (TestCapacity), and all 30 Chinese ones; in the others
// (short strokes) the
// margin says "no room", the rest of the mark stands, and nobody is refused.
//
// The signing key is the workstation's own Ed25519 key, made there and never
// exported. Its public half is registered with head office (as a PEM file or in
// a certificate) and stands in the voucher's data, under the signature of the
// teller's certificate. A court needs the ink as vector (the PDF in which it was
// found), that public key with head office's word when it was in force, and, to
// say which document the ink was made for, the data of the voucher that the
// handle names: its context is compared with the one in the ink. It needs no
// secret and nobody of the bank. All or nothing: unlike the branch's key, the
// signature does not say which stroke was changed, and an ink that lost a stroke
// reads as altered or absent. A guard bit may flip (one coordinate in about
// thirty, by 3.5 µm) unseen by the public.
//
// # What a stolen key can do and what not
//
// Head office holds the master. [Derive] gives a branch's key of a year, and a
// workstation holds only its own branch's of this year, with older ones to read.
//
// A workstation's stolen branch key forges the binding and the robust mark of
// that branch under the vouchers of that year, makes ink read as "match", and
// reads the handles in the branch's marks of the years it holds. It opens no
// other branch's or later year's marks (HKDF does not run backwards), does not
// give the master, signs no PDF and no public part. From the change of the year,
// or of the key, on, marks under it are old marks. So: evidence for the bank,
// not for a court.
//
// A workstation's stolen Ed25519 key signs ink in the name of that workstation
// until head office strikes it off its register; ink signed before is worth what
// the register's date and the voucher's time stamp prove. It reads nothing, and
// makes no branch's mark.
//
// The stolen master is every branch's key of every year.
//
// # Limits
//
// Ink that loses its only header reads as absent. Of the 341 records of more than
// one stroke all hold two at least with a handle of 3 bytes, 340 with 8 and 333
// with 11 (TestTwoHeaders).
//
// Without the context one third of the keyed bits cannot be checked, so an edit
// by one unit may pass there. Ink so small that it holds no whole header
// (Margin.Copies 0) can be checked against a claimed handle by [Check] but does
// not name itself. The header is masked, not encrypted, and the public part is
// in clear: a handle should be a number, not a secret. An edit of more than a few
// strokes at once may be put down to a neighbour as well. What was signed on a
// pad is not proven: who holds the workstation can mark any ink.
//
// This layer does not survive print, scan, scaling or rounding: package robust,
// the layer in the width of the line, does. [Mark] hides both, robust first.
package watermark
