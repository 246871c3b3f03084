package repo

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	// A message is a heading in code.
	quotedMessage = regexp.MustCompile("(?m)^### `(.*)`$")
	// What a format fills in is an ellipsis in the document; so is what is left out.
	verb = regexp.MustCompile(`%[-+#\[\]\d.]*[a-zA-Z]`)
)

// Whoever searches for the message that they see finds it word for word.
func TestTroubleshootingQuotesRealMessages(t *testing.T) {
	t.Parallel()
	var said []string
	for _, s := range sources(t) {
		if s.test() || s.generated {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			if e, ok := node.(ast.Expr); ok {
				if text, whole := text(e); whole {
					said = append(said, text, verb.ReplaceAllString(text, "…"))
					return false
				}
			}
			return true
		})
	}
	const name = "docs/troubleshooting.md"
	messages := quotedMessage.FindAllStringSubmatch(read(t, name), -1)
	if len(messages) < 30 {
		t.Errorf("%s: only %d messages were found", name, len(messages))
	}
	for _, message := range messages {
		if !spoken(said, message[1]) {
			t.Errorf("%s quotes %q, which nothing says", name, message[1])
		}
	}
}

// text is what an expression of literals says: "a" + "b" is "ab".
func text(e ast.Expr) (said string, whole bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		said, err := strconv.Unquote(e.Value)
		return said, err == nil
	case *ast.BinaryExpr:
		left, leftWhole := text(e.X)
		right, rightWhole := text(e.Y)
		return left + right, e.Op == token.ADD && leftWhole && rightWhole
	}
	return "", false
}

// spoken reports whether one of the texts has the parts of a message between its ellipses, in order.
func spoken(said []string, message string) bool {
	for _, text := range said {
		found := true
		for part := range strings.SplitSeq(message, "…") {
			if _, text, found = strings.Cut(text, part); !found {
				break
			}
		}
		if found {
			return true
		}
	}
	return false
}

func TestSpoken(t *testing.T) {
	t.Parallel()
	said := []string{"the folder … cannot be written to", "another thing"}
	for message, want := range map[string]bool{
		"the folder … cannot be written to": true, "the folder … cannot": true, "the folder cannot": false, "cannot … the folder": false, "nothing": false,
	} {
		if spoken(said, message) != want {
			t.Errorf("%q: want %t", message, want)
		}
	}
}
