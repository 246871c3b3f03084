package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// ReservedNames are usernames that a visitor could pass for the site itself with, or that sites
// commonly give a meaning to.
func ReservedNames() []string {
	return strings.Fields(`
		abuse account accounts admin administrator all anonymous api billing contact daemon everyone
		guest help hostmaster info login logout mail mailer-daemon me moderator noc no-reply nobody
		null official operator owner postmaster register root sales security service settings signin
		signup ssladmin staff static support sysadmin system team undefined user users webmaster www`)
}

// An EmailPolicy is what a new address must satisfy besides being one.
type EmailPolicy struct {
	// Deliverable looks up whether the domain takes mail (RFC 5321, section 5.1; RFC 7505). A
	// name server that does not answer within two seconds refuses nobody. The default is off: each
	// look-up tells a name server who is registering here.
	Deliverable bool
	// Resolver looks names up. The default is the system's.
	Resolver *net.Resolver
	// Refuse is the host's own rule, such as to take no addresses that last ten minutes. It is asked before
	// anybody's account is looked up; what it returns is told at the address, and the zero Message accepts.
	// The default, nil, refuses none.
	Refuse func(ctx context.Context, email string) locales.Message
}

// A UsernamePolicy is what a username that a visitor chooses must satisfy, besides the letters, digits,
// dashes, dots and underscores that the kit can compare. Operators are not bound by it, and whoever
// has a username keeps it.
type UsernamePolicy struct {
	// Min is the least number of characters, at least 3. The default is 3.
	Min int
	// Max is the greatest number of characters, at most 32. The default is 32.
	Max int
	// Refuse is the host's own rule. What it returns is told at the username, and the zero Message
	// accepts. The default, nil, refuses none.
	Refuse func(ctx context.Context, username string) locales.Message
}

// length returns the least and the greatest number of characters, defaults resolved.
func (p UsernamePolicy) length() (least, most int) {
	return cmp.Or(p.Min, identity.MinUsername), cmp.Or(p.Max, identity.MaxUsername)
}

func (p UsernamePolicy) check() error {
	least, most := p.length()
	if least < identity.MinUsername || most > identity.MaxUsername || least > most {
		return fmt.Errorf("app: Config.Usernames has Min %d and Max %d: use numbers from %d to %d, the first not above the second", least, most, identity.MinUsername, identity.MaxUsername)
	}
	return nil
}

// refuses is what is wrong with a username that was chosen, for this site alone; zero for nothing.
func (p UsernamePolicy) refuses(ctx context.Context, name string) locales.Message {
	least, most := p.length()
	switch n := utf8.RuneCountInString(name); {
	case n < least || n > most:
		return registerUsernameLen.With(least, most)
	case p.Refuse != nil:
		return p.Refuse(ctx, name)
	}
	return locales.Message{}
}

// readEmail reads an address that was typed into a form. Whether one may be missing is for the
// form to say.
func readEmail(typed string, filled *form.Form) identity.Name {
	email, err := identity.Email(typed)
	if err != nil && typed != "" && len(filled.Field("email").Errors) == 0 {
		filled.Fail("email", registerBadEmail)
	}
	return email
}

// readUsername reads a username that was chosen in a form. A reserved one is for operators to give;
// whoever has been given one keeps it.
func (r *request) readUsername(typed string, filled *form.Form) identity.Name {
	name, err := identity.Username(typed)
	least, most := r.Usernames.length()
	switch {
	case errors.Is(err, identity.ErrLength):
		filled.Fail("username", registerUsernameLen.With(least, most))
	case err != nil:
		filled.Fail("username", registerBadUsername)
	case r.account() != nil && r.account().UsernameKey == name.Key:
	case identity.Reserved(name.Shown, r.Reserved):
		filled.Fail("username", registerNameKept)
	default:
		if why := r.Usernames.refuses(r.ctx, name.Shown); !why.IsZero() {
			filled.Fail("username", why)
		}
	}
	return name
}

// lookUpMailWithin is how long a visitor waits for a name server.
const lookUpMailWithin = 2 * time.Second

// refuses is what is wrong with an address, for this site; zero for nothing.
func (p EmailPolicy) refuses(r *request, email identity.Name) locales.Message {
	switch {
	case email.Key == "":
	case !p.reachable(r, email):
		return registerNoMail.With(email.Shown)
	case p.Refuse != nil:
		return p.Refuse(r.ctx, email.Shown)
	}
	return locales.Message{}
}

// reachable reports whether mail to an address can arrive, as far as can be told.
func (p EmailPolicy) reachable(r *request, email identity.Name) bool {
	_, domain, found := strings.Cut(email.Key, "@")
	if !p.Deliverable || !found {
		return true
	}
	ctx, cancel := context.WithTimeout(r.ctx, lookUpMailWithin)
	defer cancel()
	resolver := p.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	reachable, err := identity.Deliverable(ctx, resolver, domain)
	if err != nil {
		r.Log.WarnContext(r.ctx, "whether a domain takes mail could not be looked up", "domain", domain, "error", err)
		return true
	}
	return reachable
}
