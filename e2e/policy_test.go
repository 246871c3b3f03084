package e2e

import (
	"strings"
	"testing"
)

// The content security policy of the kit's headers does what it says: a script of the page's own
// origin runs, and neither evaluates text nor adds script or style inline. It is a script of the page
// that tries, since what the test itself evaluates is not bound by the policy.
func TestPolicyRefuses(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/probe").has("Probe")
	tried := value[map[string]string](p, `() => ({ ...document.documentElement.dataset })`)
	for _, what := range []string{"eval", "inline", "style"} {
		if tried[what] != "refused" {
			t.Errorf("%s: %q", what, tried[what])
		}
	}
	// And the witness that every other test relies on saw it.
	seen := strings.Join(p.take(), "\n")
	for _, breach := range []string{"breach of policy: script-src eval", "breach of policy: script-src-elem inline", "breach of policy: style-src-elem inline"} {
		if !strings.Contains(seen, breach) {
			t.Errorf("%q was not seen, but %s", breach, seen)
		}
	}
}

// What pages load is checked against its sum: a script that was changed on its way does not run.
func TestChecksumRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := open(t, s)
	script := value[string](p.visit("/login"), `() => document.querySelector('script[type=module]').src.replace(location.origin, '')`)
	s.on("GET "+script, tampered)
	p = open(t, s)
	p.visit("/login").has("Sign in to Shop")
	if value[bool](p, `() => document.documentElement.classList.contains('gh-js') || 'tampered' in window`) {
		t.Error("a script that does not have its sum ran")
	}
	p.expect("integrity")
}
