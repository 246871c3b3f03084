package password

import "github.com/gatehouse-go/gatehouse/locales"

// What [Policy.Check] may answer. Each says what to do next, not only what was wrong
// (NIST SP 800-63B-4, section 3.1.1.2: give the reason for a rejection, and guidance).
var (
	// TooShort is PASSWORD_INVALID_LENGTH in Flask-Security.
	TooShort = locales.Message{Code: "password.too_short", English: "Use at least %d characters. A few words in a row are easy to remember."}
	// TooLong is PASSWORD_INVALID_LENGTH in Flask-Security, too.
	TooLong = locales.Message{Code: "password.too_long", English: "Use at most %d characters."}
	// TooPersonal has no counterpart in Flask-Security.
	TooPersonal = locales.Message{Code: "password.too_personal", English: "This is too close to your name, your address or the name of this site. Choose something that has nothing to do with them."}
	// TooCommon has no counterpart in Flask-Security.
	TooCommon = locales.Message{Code: "password.too_common", English: "Many people use this password, so it is among the first that an attacker tries. Choose another one."}
	// Breached is PASSWORD_BREACHED in Flask-Security.
	Breached = locales.Message{Code: "password.breached", English: "This password has appeared in a data leak, so attackers know it. Choose one that you use nowhere else."}
	// Unchecked is PASSWORD_BREACHED_SITE_ERROR in Flask-Security.
	Unchecked = locales.Message{Code: "password.unchecked", English: "We cannot check this password against known data leaks right now. Try again in a few minutes."}
	// TooSimple is PASSWORD_TOO_SIMPLE in Flask-Security.
	TooSimple = locales.Message{Code: "password.too_simple", English: "This password is easy to guess. Make it longer: three or four words that have nothing to do with each other work well."}
)
