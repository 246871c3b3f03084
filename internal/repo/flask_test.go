package repo

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

const flaskPage = "docs/coming-from-flask.md"

// pending is what answers may say "not yet" of, and the name in package app with which it begins to
// exist: every answer that waits for it is then out of date.
var pending = map[string]string{
	"second factor":                "app.TwoFactor",
	"passkeys":                     "app.Passkeys",
	"re-authentication":            "app.Fresh",
	"one form for every method":    "app.UnifiedSignIn",
	"tokens for programs":          "app.Tokens",
	"other providers":              "app.OAuth",
	"phone numbers":                "app.Phone",
	"commands for users and roles": "app.App.usersCommand",
}

var (
	flaskRow  = regexp.MustCompile("(?m)^\\| `((?:SECURITY|USER)_[A-Z0-9_]+)` \\| (.*) \\|$")
	waiting   = regexp.MustCompile(`\*\*not yet\*\*[:,] ([a-z -]+[a-z])`)
	inCode    = regexp.MustCompile("`[^`]+`")
	ofPackage = regexp.MustCompile(`\b(?:app|db|password|mail|locales|components)\.[A-Z]\w*`)
	aChain    = regexp.MustCompile(`(?:^|[^\w./"])((?:[a-z]+\.)?[A-Z]\w*(?:\.[A-Z]\w*)+)`)
)

// Whoever comes from there looks up what they have set: each setting has one answer, and the answer
// says something.
func TestEverySettingOfFlaskIsAnswered(t *testing.T) {
	t.Parallel()
	answers := map[string]string{}
	for _, row := range flaskRow.FindAllStringSubmatch(read(t, flaskPage), -1) {
		if _, twice := answers[row[1]]; twice {
			t.Errorf("%s: %s has two answers", flaskPage, row[1])
		}
		answers[row[1]] = row[2]
	}
	wanted := map[string]bool{"SECURITY_SCRIPT_NONCE_KEY": true} // which is read there, and has no default
	for _, list := range []string{"flask-security.txt", "flask-user.txt"} {
		for key := range strings.FieldsSeq(read(t, "internal/repo/testdata/"+list)) {
			wanted[key] = true
			if answers[key] == "" {
				t.Errorf("%s: %s has no answer", flaskPage, key)
			}
		}
	}
	if len(wanted) < 255+100 {
		t.Errorf("only %d settings are listed", len(wanted))
	}
	for key, answer := range answers {
		if !wanted[key] {
			t.Errorf("%s: %s is answered and no setting there", flaskPage, key)
		}
		named := inCode.MatchString(answer)
		always, none := strings.Contains(answer, "**always**"), strings.HasPrefix(answer, "**none**: ")
		later := waiting.FindStringSubmatch(answer)
		if !named && !always && !none && later == nil && !strings.Contains(answer, "below") {
			t.Errorf("%s: %s: %q says neither where it is, nor that it is so, nor why there is none", flaskPage, key, answer)
		}
		if strings.Contains(answer, "**not yet**") && (later == nil || pending[later[1]] == "") {
			t.Errorf("%s: %s: %q does not say what it waits for", flaskPage, key, answer)
		}
	}
}

// What answers wait for is said among the limitations, and is not there.
func TestNotYetIsNotYet(t *testing.T) {
	t.Parallel()
	c, limitations := declaredNames(t), read(t, "docs/limitations.md")
	for what, name := range pending {
		if !strings.Contains(strings.ToLower(limitations), what) {
			t.Errorf("docs/limitations.md does not say that there is no %s", what)
		}
		if c.has(name) {
			t.Errorf("%s is there, and %s says of %s that it is not yet: write where it is set", name, flaskPage, what)
		}
	}
}

// A document that names a setting, a type or a function names one that is there.
func TestDocsNameWhatExists(t *testing.T) {
	t.Parallel()
	c := declaredNames(t)
	seen := 0
	for _, name := range paths(t) {
		if !strings.HasPrefix(name, "docs/") && name != "README.md" || !strings.HasSuffix(name, ".md") {
			continue
		}
		fenced := false
		for line := range strings.Lines(read(t, name)) {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
				continue
			}
			var chains []string
			if fenced {
				chains = ofPackage.FindAllString(line, -1)
			} else {
				for _, code := range inCode.FindAllString(line, -1) {
					chains = append(chains, ofPackage.FindAllString(code, -1)...)
					for _, found := range aChain.FindAllStringSubmatch(strings.Trim(code, "`"), -1) {
						chains = append(chains, found[1])
					}
				}
			}
			for _, chain := range chains {
				if first, _, _ := strings.Cut(chain, "."); !ast.IsExported(first) && !c.shelf(first) {
					continue // a variable, or somebody else's package
				}
				seen++
				if !c.has(chain) {
					t.Errorf("%s names %s, which is not there: %s", name, chain, strings.TrimSpace(line))
				}
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d names were found", seen)
	}
}
