// Package auth knows who works at this workstation: accounts with a role, a
// password kept as an argon2id hash, a second factor, a count of wrong tries
// that survives a restart, and the approval of a form by a second person.
//
// It does not know what a teller may do on which screen, nor from which amount
// on an approval is needed (form and flow do), and it holds no session: Login
// answers once. Accounts lie in the encrypted settings of package store; each
// login, refusal, change and approval is an entry of the operation log. A name
// that is not an account never reaches the log: people type passwords there.
//
// Start at New, Users.Login and Users.Approve. Sizes of the hash are KiB.
package auth
