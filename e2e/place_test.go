package e2e

import (
	"strings"
	"testing"
)

// An action that leads to the page it was asked from swaps that page's view and tells what was
// done beside it, with no page loaded.
func TestFlashInPlace(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/register").fill("email", "ada@example.com").fill("password", secret).button("Create account").at("/login")
	p.visit("/dev/mailbox").has("Welcome to Shop").mark().button("Empty the mailbox")
	p.has("No mail yet", "The mailbox is empty.").lacks("Welcome to Shop").stayed().at("/dev/mailbox").titled("Mailbox · Shop")
	if words := value[string](p, `() => document.querySelector('#flash [role=status]').innerText`); words != "The mailbox is empty." {
		t.Errorf("the message is %q", words)
	}
	p.reload().has("No mail yet").lacks("The mailbox is empty.")
}

// A mail appears in a mailbox that is open, with no page loaded; what stands beside it, typed or
// told, is left alone, and what is filtered out stays out.
func TestMailboxIsLive(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/dev/mailbox").has("No mail yet").mark()
	value[bool](p, `() => { document.querySelector('#flash').textContent = 'A message'; return true }`)
	p.fill("to", "ada@")
	p.post("ada@example.com", "For Ada", "Hello.")
	p.has("For Ada", "A message").lacks("No mail yet").stayed()
	p.post("bob@example.com", "For Bob", "Hello.")
	p.has("For Bob", "For Ada").stayed().at("/dev/mailbox")
	if typed := p.field("to"); typed != "ada@" {
		t.Errorf("what was typed is now %q", typed)
	}
	p.button("Filter").at("/dev/mailbox?to=ada%40").has("For Ada").lacks("For Bob").mark()
	p.post("bob@example.com", "For Bob again", "Hello.")
	p.post("ada@example.com", "For Ada again", "Hello.")
	p.has("For Ada again").lacks("For Bob").stayed()
}

// A code is copied by its button, as it stands.
func TestMailboxCopiesCodes(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.post("ada@example.com", "Your code", "Type this:\n\n4821 9037\n")
	p.visit("/dev/mailbox/1")
	value[bool](p, `() => { navigator.clipboard.writeText = async (text) => { window.copied = text }; return true }`)
	p.button("Copy").has("Copied")
	if got := value[string](p, `() => window.copied`); got != "4821 9037" {
		t.Errorf("copied is %q", got)
	}
}

// Once somebody else is signed in, or nobody, the page around the view is no longer true: it is
// loaded anew, even where the action leads back to it.
func TestSignedOutInPlace(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t)).as("ada@example.com")
	p.visit("/exit").has("Exit")
	value[bool](p, `() => { history.replaceState(null, '', '/account'); return true }`)
	p.mark().button("Sign out").left().at("/login?next=%2Faccount").has("Sign in to Shop").lacks("ada@example.com")
	p.signIn("ada@example.com").at("/account")

	p.visit("/logout?next=/logout").mark().button("Sign out").left().at("/logout").has("Nobody is signed in", "You are signed out.")
	p.reload().has("Nobody is signed in").lacks("You are signed out.")
}

// Htmx in a page whose session has ended leads to sign in, and back to the page rather than to the
// piece of it that was asked for.
func TestExpired(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.person("ada@example.com")
	p := open(t, s).signedIn(ada)
	p.visit("/orders?sort=new").button("More").has("Order 17")
	s.revoke(ada)
	p.mark().button("More").left().at("/login?next=%2Forders%3Fsort%3Dnew").has("Sign in to see this page.")
	p.signIn("ada@example.com").at("/orders?sort=new").button("More").has("Order 17")

	s.revoke(ada)
	p.reload().at("/login?next=%2Forders%3Fsort%3Dnew").has("Sign in to see this page.")
	p.signIn("ada@example.com").at("/orders?sort=new").has("Orders")

	// A form of the host's: the post is not repeated, its page is where the person comes back to.
	p.visit("/note").fill("note", "milk")
	s.revoke(ada)
	p.mark().button("Keep").left().at("/login?next=%2Fnote")
	p.signIn("ada@example.com").at("/note").lacks("Kept")
	p.mark().fill("note", "milk").button("Keep").has("Kept: milk").stayed()
}

// A host that fetches the sign-in page into its own by mistake gets the whole page, and the person
// comes back; one that embeds it gets a form that works where it is.
func TestSignInWithinPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ada@example.com")
	p := open(t, s)
	p.visit("/nested?tab=2").mark().button("Fetch").left().at("/login?next=%2Fnested%3Ftab%3D2").titled("Sign in · Shop")
	p.signIn("ada@example.com").at("/nested?tab=2").has("Nested")
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ada@example.com")
	p := open(t, s)
	p.visit("/door").mark().has("Door", "Password")
	p.fill("email", "ada@example.com").fill("password", "wrong horse").button("Sign in")
	p.has("The name or the password is wrong", "Door").stayed().at("/door")
	if email, password := p.field("email"), p.field("password"); email != "ada@example.com" || password != "wrong horse" {
		t.Errorf("the fields hold %q and %q", email, password)
	}
	if got := p.focused(); got != "password" {
		t.Errorf("the cursor is at %s", got)
	}
	if n := value[int](p, `() => document.querySelectorAll('form#login').length`); n != 1 {
		t.Errorf("%d forms", n)
	}
	p.fill("password", secret).button("Sign in").left().at("/orders")

	// Without script the place holds a link.
	p = open(t, s)
	p.withoutScript().visit("/door").button("Sign in")
	p.at("/login?next=/orders").signIn("ada@example.com").at("/orders")
}

// Back after boosted steps shows whole pages, and asks the server for them: what may no longer be
// seen is not.
func TestHistory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.person("ada@example.com")
	p := open(t, s).signedIn(ada)
	p.visit("/tour/1").mark().button("On to two").at("/tour/2").has("Tour two").stayed().titled("Tour 2 · Shop")
	p.back().left().at("/tour/1").has("Tour one").titled("Tour 1 · Shop")
	p.until("a whole page", `() => !!document.querySelector('header') && !!document.querySelector('main')`)

	p.visit("/orders").mark().button("The tour").at("/tour/2").stayed()
	s.revoke(ada)
	p.back().left().at("/login?next=%2Forders").has("Sign in to see this page.").lacks("Orders", "ada@example.com").titled("Sign in · Shop")
	p.signIn("ada@example.com").at("/orders")
}

// A host whose own settings let htmx restore history by itself gets whole pages for it, too, and the
// sign-in page under its own address.
func TestHistoryRestoredByHtmx(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.person("ada@example.com")
	p := open(t, s).signedIn(ada)
	p.visit("/orders").mark()
	value[bool](p, `() => { htmx.config.history = true; return true }`)
	p.button("The tour").at("/tour/2").back().at("/orders").has("Orders").stayed().titled("Orders · Shop")
	p.until("a whole page", `() => !!document.querySelector('body > header') && document.querySelectorAll('main').length === 1`)

	p.button("The tour").at("/tour/2")
	s.revoke(ada)
	p.back().left().at("/login?next=%2Forders").has("Sign in to see this page.").titled("Sign in · Shop")
}

// What htmx may not have, or what is not there, is said where it would have stood.
func TestRefusedInPlace(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t)).as("ada@example.com")
	for label, says := range map[string]string{"Forbidden": "You cannot open this page", "Missing": "There is no page here", "Limited": "Too many tries"} {
		p.visit("/nested").mark().button(label).has(says, "Nested").stayed().at("/nested")
		if got := value[string](p, `() => document.querySelector('#here').innerText`); !strings.Contains(got, says) {
			t.Errorf("%s: the place says %q", label, got)
		}
		if n := value[int](p, `() => document.querySelectorAll('main').length`); n != 1 {
			t.Errorf("%s: %d main elements", label, n)
		}
	}
	p.visit("/nested").mark().button("Broken").has("Something went wrong on our side").stayed()
	if got := value[string](p, `() => document.querySelector('#here').innerText`); got != "" {
		t.Errorf("a failure was swapped in: %q", got)
	}
	p.site.errs()
}
