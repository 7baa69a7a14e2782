// Package sign makes and judges signatures on PDF bytes.
//
// Sign adds one PAdES B-B signature (ETSI EN 319 142-1: CMS detached, SHA-256,
// ESS signing-certificate-v2, no signing-time attribute) as an incremental
// update, to vouchers and to other PDFs. Augment raises it to B-T (the time
// stamp goes into the reserved hole: the signed bytes stay the same), B-LT and
// B-LTA. Verify judges a file and never fails.
//
// # What Verify refuses that others wave through
//
// Invalid is: a cross-reference that is off by a byte, two sections that
// contradict each other, an object in two places, keys that stand twice with
// different values; a /ByteRange that is not exactly one revision without the
// hex string of /Contents, or a hole with anything else in it, even a digit in
// the other case; a signature that no field owns, or that two own; more than one
// signer in a CMS, an unsigned attribute other than a time stamp, bytes in the
// CMS that RFC 5652 does not name, digests weaker than SHA-1 or unknown, a
// missing content-type or (PAdES) signing-certificate attribute, the SubFilters
// adbe.x509.rsa_sha1 and adbe.pkcs7.sha1; any byte behind the signed ones that
// is not a whole revision of allowed changes.
//
// Allowed after a signature are validation data (DSS), document time stamps in
// invisible fields, and signing fields that were prepared, unless the
// certification (P=1), a lock or FieldMDP forbids it (what of these cannot be
// read permits nothing); new signature fields only where nobody certified. Not
// allowed, whatever /P says: annotations, form filling, new visible fields after
// certification, objects that signed pages referred to before they existed, a
// /Size that hides objects, updates that add none of the above. Metadata may not
// change at all after P=1; else only the dates of change, the instance and the
// producer, as short plain values, the rest being compared in order.
//
// Untrusted is: no given root vouches for a signatory or a time stamp (where
// roots for time stamps are given, only they do), a certificate that was not
// valid or was revoked at the moment that counts (that of the oldest trusted time
// stamp, else the moment of judgement), a certificate whose usage is not signing,
// or whose authority may not certify for that or for its name, an authority's
// own unless it is itself a given root, one that belongs to no chain; a signature
// or time stamp that fits but by SHA-1 or RSA below 2048 bits; validation data
// that nobody known signed and no time stamp covers; a new field whose look lies
// over text that was signed before; and an update behind this program's
// signatures that no later signature covers and that this program did not write
// to the byte: nothing else would find a bit that turned in it.
//
// A file of time stamps alone is unsigned: they say when, and nobody says who.
//
// Not refused: what changes the bytes of a CMS and not its meaning, as the other
// of the two values s that fit an ECDSA signature, or another identifier of the
// same RSA algorithm; standards allow both, and the signed content is the same.
//
// Not read: encrypted files, SM2, certificates by network. Revocation without
// any list at hand is unknown, not a problem: Signature.Revocation says so.
//
// Start with Sign, Augment and Verify. Keys come from sign/pfx (a PKCS#12 file)
// or are any crypto.Signer with its chain; time stamps from sign/tsa. Sizes are
// bytes, rectangles pt from the page's lower left corner.
package sign
