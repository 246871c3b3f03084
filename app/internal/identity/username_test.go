package identity_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
)

func TestUsername(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]identity.Name{
		"ann":                    {Shown: "ann", Key: "ann"},
		"  Ann_Smith-2.x ":       {Shown: "Ann_Smith-2.x", Key: "ann_smith-2.x"},
		"ＡＮＮ":                    {Shown: "ANN", Key: "ann"},
		"\u212Aate":              {Shown: "Kate", Key: "kate"},
		"ﬁnn":                    {Shown: "finn", Key: "finn"},
		"Jürgen":                 {Shown: "Jürgen", Key: "jürgen"},
		"Ju\u0308rgen":           {Shown: "Jürgen", Key: "jürgen"},
		"Σίσυφος":                {Shown: "Σίσυφος", Key: "σίσυφοσ"},
		"ΣΊΣΥΦΟΣ":                {Shown: "ΣΊΣΥΦΟΣ", Key: "σίσυφοσ"},
		"محمد":                   {Shown: "محمد", Key: "محمد"},
		"אבגד":                   {Shown: "אבגד", Key: "אבגד"},
		"田中さん":                   {Shown: "田中さん", Key: "田中さん"},
		"김철수":                    {Shown: "김철수", Key: "김철수"},
		"Иван":                   {Shown: "Иван", Key: "иван"},
		"123":                    {Shown: "123", Key: "123"},
		"_ann_":                  {Shown: "_ann_", Key: "_ann_"},
		strings.Repeat("ä", 32):  {Shown: strings.Repeat("ä", 32), Key: strings.Repeat("ä", 32)},
		strings.Repeat("ａ", 32):  {Shown: strings.Repeat("a", 32), Key: strings.Repeat("a", 32)},
		strings.Repeat("𠜎", 32):  {Shown: strings.Repeat("𠜎", 32), Key: strings.Repeat("𠜎", 32)},
		strings.Repeat("a̐", 16): {Shown: strings.Repeat("a̐", 16), Key: strings.Repeat("a̐", 16)},
	} {
		got, err := identity.Username(typed)
		if err != nil || got != want {
			t.Errorf("%+q: %+q, %v; want %+q", typed, got, err, want)
		}
	}
}

func TestUsernameRefuses(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		typed string
		why   error
	}{
		"empty":                  {"", identity.ErrLength},
		"blank":                  {"     ", identity.ErrLength},
		"two letters":            {"ab", identity.ErrLength},
		"two letters and spaces": {" ab ", identity.ErrLength},
		"33 letters":             {strings.Repeat("a", 33), identity.ErrLength},
		"short until unfolded":   {strings.Repeat("ﬃ", 11), identity.ErrLength},
		"a megabyte":             {strings.Repeat("a", 1<<20), identity.ErrLength},
		"address":                {"ann@shop.example", identity.ErrLetters},
		"at":                     {"an@n", identity.ErrLetters},
		"full-width at":          {"ann＠shop.example", identity.ErrLetters},
		"small at":               {"ann﹫shop.example", identity.ErrLetters},
		"space":                  {"an n", identity.ErrLetters},
		"no-break space":         {"an\u00a0n", identity.ErrLetters},
		"slash":                  {"an/n", identity.ErrLetters},
		"angle":                  {"<b>ann", identity.ErrLetters},
		"quote":                  {"ann'", identity.ErrLetters},
		"percent":                {"ann%", identity.ErrLetters},
		"plus":                   {"an+n", identity.ErrLetters},
		"NUL":                    {"an\x00n", identity.ErrLetters},
		"CRLF":                   {"an\r\nn", identity.ErrLetters},
		"invalid UTF-8":          {"an\xffn", identity.ErrLetters},
		"replacement character":  {"an\ufffdn", identity.ErrLetters},
		"zero-width space":       {"an\u200bn", identity.ErrLetters},
		"zero-width joiner":      {"an\u200dn", identity.ErrLetters},
		"soft hyphen":            {"an\u00adn", identity.ErrLetters},
		"byte order mark":        {"\ufeffann", identity.ErrLetters},
		"right-to-left override": {"ann\u202egnp", identity.ErrLetters},
		"isolate":                {"ann\u2066", identity.ErrLetters},
		"variation selector":     {"ann\ufe0f", identity.ErrLetters},
		"Hangul filler":          {"ann\u3164", identity.ErrLetters},
		"grapheme joiner":        {"an\u034fn", identity.ErrLetters},
		"mark before any letter": {"\u0301ann", identity.ErrLetters},
		"dots alone":             {"...", identity.ErrLetters},
		"dashes alone":           {"-_-", identity.ErrLetters},
		"emoji":                  {"ann😀", identity.ErrLetters},
		"circled":                {"ann\u20dd", identity.ErrLetters},
		"private use":            {"ann\ue000", identity.ErrLetters},
		"mixed directions":       {"annאבג", identity.ErrLetters},
		"Cyrillic a in Latin":    {"\u0430dmin", identity.ErrLetters},
		"Latin l in Cyrillic":    {"раура" + "l", identity.ErrLetters},
		"Greek o in Latin":       {"r\u03bf\u03bft", identity.ErrLetters},
	} {
		got, err := identity.Username(c.typed)
		if !errors.Is(err, c.why) || got != (identity.Name{}) {
			t.Errorf("%s: %+q, %v; want %v", about, got, err, c.why)
		}
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][2]string{
		"Ann@Shop.example":       {"ann@shop.example", ""},
		" ann＠shop.example ":     {"ann@shop.example", ""}, // as Japanese keyboards type it
		"ann@BÜCHER.example":     {"ann@xn--bcher-kva.example", ""},
		"Ann":                    {"", "ann"},
		"ＡＮＮ":                    {"", "ann"},
		"a@b@c":                  {"", ""},
		"ann@":                   {"", ""},
		"an":                     {"", ""},
		"":                       {"", ""},
		"' OR 1=1 --":            {"", ""},
		"ann\x00":                {"", ""},
		strings.Repeat("@", 999): {"", ""},
	} {
		if email, username := identity.Key(typed); email != want[0] || username != want[1] {
			t.Errorf("%+q: %+q, %+q; want %+q", typed, email, username, want)
		}
	}
}

func FuzzUsername(f *testing.F) {
	for _, seed := range []string{"ann", "ＡＮＮ", "ΣΊΣΥΦΟΣ", "İstanbul", "ǅabc", "ẞẞẞ", "ŉabc", "ﬃab", "ᾳbc", "Ꭰabc", "ⅷabc", "ϓab", "𝐀𝐁𝐂", "a\u0345bc", "اب12", "l·l"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := identity.Username(typed)
		if err != nil {
			if got != (identity.Name{}) {
				t.Fatalf("%+q: refused and answered %+q", typed, got)
			}
			return
		}
		sound(t, typed, got.Key)
		if n := utf8.RuneCountInString(got.Shown); n < identity.MinUsername || n > identity.MaxUsername {
			t.Fatalf("%+q: %+q has %d code points", typed, got.Shown, n)
		}
		if strings.ContainsAny(got.Shown+got.Key, "@/\\<>\"'% \x00") {
			t.Fatalf("%+q: %+q", typed, got)
		}
		if _, err := identity.Email(got.Shown); err == nil {
			t.Fatalf("%+q: %+q is an address too", typed, got.Shown)
		}
		if again, err := identity.Username(got.Shown); err != nil || again != got {
			t.Fatalf("%+q: %+q read again is %+q, %v", typed, got, again, err)
		}
		if email, username := identity.Key(typed); email != "" || username != got.Key {
			t.Fatalf("%+q: Key says %+q, %+q; Username says %+q", typed, email, username, got.Key)
		}
	})
}
