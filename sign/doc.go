// Package sign makes and judges signatures on PDF bytes.
//
// Sign adds one signature field and one PAdES B-B signature (ETSI EN 319
// 142-1: CMS detached, SHA-256, ESS signing-certificate-v2, no signing-time
// attribute) as an incremental update. Verify judges a file strictly: what it
// cannot account for byte by byte is not valid, and of what follows a signature
// nothing is forgiven. It does not read time stamps or revocation data yet, and
// it takes only files that sign/pdf reads.
//
// Start with Sign and Verify. Keys come from sign/pfx (a PKCS#12 file); any
// crypto.Signer with its certificate chain will do. Sizes are bytes, rectangles
// pt from the page's lower left corner.
package sign
