package app

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
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
	switch {
	case errors.Is(err, identity.ErrLength):
		filled.Fail("username", registerUsernameLen.With(identity.MinUsername, identity.MaxUsername))
	case err != nil:
		filled.Fail("username", registerBadUsername)
	case identity.Reserved(name.Shown, r.Reserved) && (r.account() == nil || r.account().UsernameKey != name.Key):
		filled.Fail("username", registerNameKept)
	}
	return name
}

// lookUpMailWithin is how long a visitor waits for a name server.
const lookUpMailWithin = 2 * time.Second

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
