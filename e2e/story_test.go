package e2e

import "testing"

// The whole way, with script and without: whoever has none gets the same.
func TestStory(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]bool{"script": true, "no script": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			p := open(t, s)
			if !script {
				p.withoutScript()
			}
			p.visit("/").has("Home")
			if ran := value[bool](p, `() => document.documentElement.classList.contains('gh-js')`); ran != script {
				t.Fatalf("script ran: %v", ran)
			}
			p.button("Create an account")
			p.at("/register").fill("email", "ada@example.com").fill("password", secret).button("Create account")
			p.at("/login").has("We have sent a message to ada@example.com.")

			p.visit("/dev/mailbox").has("ada@example.com").press(".gh-letter")
			p.until("a mail", `() => location.pathname === '/dev/mailbox/1'`)
			p.has("Links in this mail", s.url+"/login")

			p.visit("/account").at("/login?next=%2Faccount").has("Sign in to see this page.")
			p.signIn("ada@example.com").at("/account").has("Who you are", "ada@example.com")
			if n := s.sessions(); n != 1 {
				t.Errorf("%d sessions", n)
			}

			p.press(".gh-menu summary").button("Sign out")
			p.at("/").has("You are signed out.", "Create an account")
			if n := s.sessions(); n != 0 {
				t.Errorf("%d sessions after signing out", n)
			}
			p.reload().has("Home").lacks("You are signed out.")

			// What the account page showed is gone from the browser too.
			p.back().at("/login?next=%2Faccount").lacks("ada@example.com", "Who you are")
			p.signIn("ada@example.com").at("/account")
		})
	}
}
