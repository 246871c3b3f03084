package password_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// leaked is a BreachChecker that knows one password and counts its questions.
type leaked struct {
	plain string
	err   error
	asked []string
}

func (l *leaked) Breached(_ context.Context, plain string) (bool, error) {
	l.asked = append(l.asked, plain)
	return plain == l.plain, l.err
}

// verdict is the code of what a policy says, or "" if it is content.
func verdict(t testing.TB, p password.Policy, plain string, about ...string) string {
	t.Helper()
	found := p.Check(t.Context(), plain, about...)
	if len(found) == 0 {
		return ""
	}
	if len(found) > 1 || strings.Contains(found[0].In(t.Context()), "%!") {
		t.Errorf("Check(%q) says %v", plain, found)
	}
	return found[0].Code
}

const (
	short    = "password.too_short"
	long     = "password.too_long"
	intimate = "password.too_personal"
	frequent = "password.too_common"
	breached = "password.breached"
	unasked  = "password.unchecked"
	simple   = "password.too_simple"
)

func TestPolicyCheck(t *testing.T) {
	t.Parallel()
	strong := strings.Repeat("correct horse battery staple 7 ", 40)
	about := []string{"alice.smith+shop@mail.example", "wonderland", "Corner Shop"}
	for _, tt := range []struct {
		name, plain, want string
	}{
		{"empty", "", short},
		{"seven", "xK9#mQ2", short},
		{"eight", "xK9#mQ2$", ""},
		{"seven é, fourteen bytes", "éèêëçàù", short},
		{"eight é, decomposed to sixteen code points", "e\u0301e\u0300e\u0302e\u0308c\u0327a\u0300u\u0300i\u0302", ""},
		{"seven letters, decomposed to fourteen code points", "e\u0301e\u0300e\u0302e\u0308c\u0327a\u0300u\u0300", short},
		{"64 characters", strong[:64], ""},
		{"256 characters", strong[:256], ""},
		{"257 characters", strong[:257], long},
		{"256 emoji, 1024 bytes", strings.Repeat("😀🎉🚀🌍🔥🍕🎸🐙", 32), ""},
		{"a megabyte", strings.Repeat("x", 1<<20), long},

		{"a sentence of common words", "correct horse password battery", ""},
		{"small letters only", "verdigris teapot oak", ""},
		{"digits only", "827364519283746", ""},
		{"emoji only", "🍕🎸🐙🌍🔥😀🎉🚀🌵🐳🍩🧭🪁🧶🛶", ""},
		{"Cyrillic", "сороквьюг подлавкой", ""},
		{"Chinese", "静夜思床前明月光", ""},

		{"the address", "alice.smith+shop@mail.example", intimate},
		{"the address, in capitals", "ALICE.SMITH+SHOP@MAIL.EXAMPLE", intimate},
		{"the local part", "alice.smith+shop", intimate},
		{"the local part without its tag", "alice.smith", intimate},
		{"other separators", "Alice_Smith!", intimate},
		{"the domain", "mail.example", intimate},
		{"a part of the domain and digits", "example2024", intimate},
		{"a part of the local part and digits", "smith1984", intimate},
		{"a part of the site and digits", "corner99", intimate},
		{"the username", "Wonderland", intimate},
		{"the username and a year", "wonderland1984", intimate},
		{"the username backwards", "dnalrednow", intimate},
		{"the site", "cornershop", intimate},
		{"the site as written, full width", "Ｃｏｒｎｅｒ Ｓｈｏｐ", intimate},
		{"the site in a sentence", "the corner shop sells no parrots", ""},
		{"the username in a sentence", "wonderland has no railway", ""},
		{"the username and twelve digits", "wonderland928374651029", ""},

		{"common", "password", frequent},
		{"common, in capitals", "PASSWORD", frequent},
		{"common, full width", "ｐａｓｓｗｏｒｄ", frequent},
		{"common, on keys", "1qaz2wsx3edc", frequent},
		{"common, with a sign", "Password1!", simple},

		{"one letter", "kkkkkkkkkkkkkkkk", simple},
		{"one letter with an accent", "éééééééééééééééé", simple},
		{"blanks", "            ", simple},
		{"a row", "abcdefghijklmnop", simple},
		{"a row in Cyrillic", "абвгдежзик", simple},
		{"keys", "zxcvbnm,./", simple},
		{"a date", "19840213", simple},
		{"bytes that are no UTF-8", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", simple},
	} {
		if got := verdict(t, password.Policy{}, tt.plain, about...); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPolicySettings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		policy password.Policy
		plain  string
		want   string
	}{
		{"NIST, 14", password.NIST(), "xK9#mQ2$vLpW4!", short},
		{"NIST, 15", password.NIST(), "xK9#mQ2$vLpW4!s", ""},
		{"Min", password.Policy{Min: 10}, "xK9#mQ2$v", short},
		{"Max", password.Policy{Max: 64}, strings.Repeat("xK9#mQ2$", 9), long},
		{"Max beyond what is hashed", password.Policy{Max: 1000}, strings.Repeat("😀🎉🚀🌍", 100), long},
		{"AllowPersonal", password.Policy{AllowPersonal: true}, "verdigris-teapot", ""},
		{"AllowCommon leaves strength", password.Policy{AllowCommon: true}, "password", simple},
		{"AllowWeak leaves the list", password.Policy{AllowWeak: true}, "password", frequent},
		{"AllowWeak", password.Policy{AllowWeak: true}, "kkkkkkkkkkkkkkkk", ""},
		{"all allowed", password.Policy{AllowWeak: true, AllowCommon: true, AllowPersonal: true}, "password", ""},
		{"MinStrength 1", password.Policy{MinStrength: 1}, "ilovecheese", ""},
		{"MinStrength 2", password.Policy{}, "ilovecheese", simple},
		{"MinStrength 3", password.Policy{MinStrength: 3}, "83746592", simple},
	} {
		if got := verdict(t, tt.policy, tt.plain, "verdigris.teapot@mail.example"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPolicyOrder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, plain, want string
		asks              bool
	}{
		{"short, personal and common", "qwerty", short, false},
		{"personal and common", "password", intimate, false},
		{"common and leaked", "qwertyuiop", frequent, false},
		{"leaked and simple", "kkkkkkkkkkkkkkkk", breached, true},
		{"only simple", "jjjjjjjjjjjjjjjj", simple, true},
		{"fine", "verdigris teapot oak", "", true},
	} {
		known := &leaked{plain: "kkkkkkkkkkkkkkkk"}
		got := verdict(t, password.Policy{Breached: known}, tt.plain, "password@mail.example", "qwerty")
		if got != tt.want || (len(known.asked) == 1) != tt.asks {
			t.Errorf("%s: %q, asked %d times; want %q", tt.name, got, len(known.asked), tt.want)
		}
	}
}

func TestBreachCheckerDown(t *testing.T) {
	t.Parallel()
	down := &leaked{plain: "verdigris teapot oak", err: errors.New("connection refused")}
	if got := verdict(t, password.Policy{Breached: down}, "verdigris teapot oak"); got != "" {
		t.Errorf("by default: %q", got)
	}
	if got := verdict(t, password.Policy{Breached: down, RefuseUnchecked: true}, "verdigris teapot oak"); got != unasked {
		t.Errorf("strictly: %q", got)
	}
	if got := verdict(t, password.Policy{Breached: down}, "kkkkkkkkkkkkkkkk"); got != simple {
		t.Errorf("the checks after it: %q", got)
	}
}

func TestBreachCheckerSeesTheNormalForm(t *testing.T) {
	t.Parallel()
	known := &leaked{}
	verdict(t, password.Policy{Breached: known}, "cafe\u0301 verdigris teapot")
	if !slices.Equal(known.asked, []string{"caf\u00e9 verdigris teapot"}) {
		t.Errorf("asked %q", known.asked)
	}
}

func TestPolicyTellsItsLimits(t *testing.T) {
	t.Parallel()
	for plain, want := range map[string]string{"x": "at least 15 characters", strings.Repeat("x", 300): "at most 256 characters"} {
		if got := password.NIST().Check(t.Context(), plain)[0].In(t.Context()); !strings.Contains(got, want) {
			t.Errorf("%q, want %q in it", got, want)
		}
	}
	if least, most := (password.Policy{}).Length(); least != 8 || most != 256 {
		t.Errorf("Length is %d, %d", least, most)
	}
}

func TestPolicyValidate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		policy password.Policy
		want   []string // parts of the error; none means that the policy is right
	}{
		{password.Policy{}, nil},
		{password.NIST(), nil},
		{password.Policy{Breached: &leaked{}, RefuseUnchecked: true, MinStrength: 4, Max: 1024}, nil},
		{password.Policy{Min: -1, Max: 20}, []string{"Min is -1", "Max is 20"}},
		{password.Policy{Max: 2000}, []string{"Max is 2000"}},
		{password.Policy{Min: 300}, []string{"Min is 300, above"}},
		{password.Policy{MinStrength: 5}, []string{"MinStrength is 5"}},
		{password.Policy{MinStrength: 3, AllowWeak: true}, []string{"AllowWeak"}},
		{password.Policy{RefuseUnchecked: true}, []string{"needs Policy.Breached"}},
	} {
		err := tt.policy.Validate()
		if (err == nil) != (tt.want == nil) {
			t.Errorf("%+v: %v", tt.policy, err)
		}
		for _, part := range tt.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%+v: %v, want %q in it", tt.policy, err, part)
			}
		}
	}
}
