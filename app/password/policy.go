package password

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-go/gatehouse/locales"
)

// A BreachChecker knows passwords that have leaked somewhere. It must not send the password away:
// ask by k-anonymity, with the first characters of its digest. It bounds its own time, and logs its
// own failures, without the password.
type BreachChecker interface {
	// Breached reports whether plain, which is in normalised form, is known to have leaked.
	Breached(ctx context.Context, plain string) (bool, error)
}

// A Policy says which passwords may be chosen. It asks for length and against guessing, never for
// kinds of characters, and never for a change after some time (ASVS 6.2.5, 6.2.10). The zero value
// is the default policy.
type Policy struct {
	// Min is the least number of code points after normalisation (ASVS 6.2.1). The default is 8.
	Min int
	// Max is the greatest number of code points after normalisation, at least 64 (ASVS 6.2.9).
	// Whatever it is, [MaxBytes] holds as well. The default is 256.
	Max int
	// MinStrength is the least score of [Strength], from 1 to 4. The default is 2: a million
	// guesses do not find it, which is far beyond what throttled sign-ins allow. A score of 3
	// resists the theft of the hashes better, and refuses many passwords that people remember.
	MinStrength int
	// Breached is asked about passwords that passed the checks without network. The default, nil,
	// asks nobody.
	Breached BreachChecker

	// RefuseUnchecked refuses passwords while Breached fails. The default is to accept them: else
	// nobody could register or recover while somebody else's service is down (ASVS 6.2.12).
	RefuseUnchecked bool
	// AllowPersonal accepts the account's own names as passwords (ASVS 6.2.11). The default is to
	// refuse them.
	AllowPersonal bool
	// AllowCommon accepts passwords of the embedded list (ASVS 6.2.4). The default is to refuse
	// them.
	AllowCommon bool
	// AllowWeak accepts passwords of any strength. The default is to demand MinStrength.
	AllowWeak bool
	// Refuse is the host's own rule. It is asked last, about passwords that passed all the others, in
	// normalised form; what it returns is told, and the zero Message accepts. With the checks above
	// allowed away it is the only rule but for the length. The default, nil, refuses none.
	Refuse func(ctx context.Context, plain string, about ...string) locales.Message
}

// NIST is the policy of NIST SP 800-63B-4, section 3.1.1.2, for accounts whose password is the only
// factor: at least 15 characters.
func NIST() Policy { return Policy{Min: 15} }

// Length returns the least and the greatest number of characters, defaults resolved, for hints.
func (p Policy) Length() (least, most int) { return cmp.Or(p.Min, 8), cmp.Or(p.Max, 256) }

// Validate refuses settings that contradict each other, all at once. Call it when the application
// starts.
func (p Policy) Validate() error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf("password: "+format, args...)) }
	least, most := p.Length()
	if least < 1 {
		refuse("Policy.Min is %d, must be at least 1", least)
	}
	if most < 64 || most > MaxBytes {
		refuse("Policy.Max is %d, must be between 64 and %d", most, MaxBytes)
	}
	if least > most {
		refuse("Policy.Min is %d, above Policy.Max, which is %d", least, most)
	}
	if p.MinStrength < 0 || p.MinStrength > 4 {
		refuse("Policy.MinStrength is %d, must be between 1 and 4, or 0 for the default", p.MinStrength)
	}
	if p.MinStrength > 0 && p.AllowWeak {
		refuse("Policy.MinStrength is %d, but Policy.AllowWeak accepts any strength; set one of them", p.MinStrength)
	}
	if p.RefuseUnchecked && p.Breached == nil {
		refuse("Policy.RefuseUnchecked needs Policy.Breached")
	}
	return errors.Join(errs...)
}

// Check returns what is wrong with plain as a new password, or nil. Of several faults it tells the
// first, since mending it changes the others: length, then likeness to about, then the common list,
// then breaches, then strength, then the host's own rule. About holds what an attacker tries first: the account's address
// and username, and the name of the site. Only whole passwords are compared, never parts of them
// (NIST SP 800-63B-4, section 3.1.1.2), so that a sentence may contain a common word.
func (p Policy) Check(ctx context.Context, plain string, about ...string) []locales.Message {
	if m := p.fault(ctx, plain, about); !m.IsZero() {
		return []locales.Message{m}
	}
	return nil
}

func (p Policy) fault(ctx context.Context, plain string, about []string) locales.Message {
	least, most := p.Length()
	if !fits(plain) {
		return TooLong.With(most)
	}
	plain = normalize(plain)
	switch n := points(plain); {
	case n < least:
		return TooShort.With(least)
	case n > most:
		return TooLong.With(most)
	case p.Personal(plain, about...):
		return TooPersonal
	case !p.AllowCommon && common().has(fold(plain)):
		return TooCommon
	}
	if m := p.breached(ctx, plain); !m.IsZero() {
		return m
	}
	if !p.AllowWeak && Strength(plain, about...) < cmp.Or(p.MinStrength, 2) {
		return TooSimple
	}
	if p.Refuse != nil {
		return p.Refuse(ctx, plain, about...)
	}
	return locales.Message{}
}

func (p Policy) breached(ctx context.Context, plain string) locales.Message {
	if p.Breached == nil {
		return locales.Message{}
	}
	found, err := p.Breached.Breached(ctx, plain)
	switch {
	case err != nil && p.RefuseUnchecked:
		return Unchecked
	case err == nil && found:
		return Breached
	}
	return locales.Message{}
}

// Personal reports whether plain is one of the words of about, or a trivial variation of one, and
// the policy minds.
func (p Policy) Personal(plain string, about ...string) bool {
	if p.AllowPersonal || !fits(plain) {
		return false
	}
	plain = normalize(plain)
	for _, word := range words(about) {
		if resembles(plain, word) {
			return true
		}
	}
	return false
}
