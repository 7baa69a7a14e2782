// Package station opens a workstation's folder and gives its parts to whoever
// runs it, window or command line: store, accounts, fonts, keys, desk, archive
// and the worker that empties the queue into it. It decides nothing about a
// transaction (flow does) and shows nothing.
//
// Start with Open; Desk wants the PIN of the teller's key, everything else does
// not. A folder belongs to trial mode or to production from its first opening
// on, and is never opened as the other.
//
// In the folder: moqian.db (the store), moqian.made (says that there is or was one),
// machine.key (0600, where no keyring is used), checkpoint.key and checkpoint.pub (of
// the log's signatures), site.json (the site's configuration, if it is not elsewhere).
package station
