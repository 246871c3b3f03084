// Package password decides which passwords may be chosen ([Policy]) and stores and checks them
// ([Hasher]).
//
// One password has one spelling: it is normalised (NFKC) before it is hashed, counted or compared,
// and otherwise taken exactly as typed. Hashing is slow on purpose and takes 19 MiB each time, so a
// Hasher computes a fixed number of hashes at once, lets a fixed number of callers wait a fixed
// time, and answers [ErrBusy] to the rest: memory stays the same whatever the load.
//
// Hashes that passlib, Django and Flask-Security wrote verify too, and are replaced at the next
// sign-in ([FlaskSecurity], [Legacy], [Hasher.ImportPlaintext]). What a stored hash may ask for is
// capped. docs/passwords.md says what a host that moves here sets.
package password
