// Package store keeps everything a workstation must not lose: signed vouchers
// on their way to the archive, the operation log, the counters of voucher
// numbers and the settings. It is one bbolt file, moqian.db, in one folder; beside it
// moqian.made says that there was one, so that a missing file is not begun anew.
//
// What it promises: when File returns nil the voucher, its row and its log
// entry are on disk together, or, after any crash, none of them is. A serial
// number is given once. The log is a transparency log: Verify names the first
// entry that was altered, removed or moved, and VerifyAgainst what was rewritten with
// the machine key: no log is signed but the one that was signed before. Every value is encrypted under the
// machine key; see crypt.go for what binds a value to its place.
//
// What it does not do: it never sees handwriting or names (an Entry must not
// carry them), draws and signs nothing, talks to no network (store/upload does)
// and reads no clock and no key file: both come in through Options.
//
// Not here yet: a folder rolled back as a whole to an older copy of itself is
// found only with a checkpoint kept elsewhere (VerifyAgainst).
//
// Start at Open, then Outbox.Reserve, File, Commit, Move and Audit.Verify.
// Sizes are bytes, times are instants: zones and daylight saving do not matter.
package store
