package identity_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
)

func TestEmail(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]identity.Name{
		"ann@shop.example":                {Shown: "ann@shop.example", Key: "ann@shop.example"},
		"  Ann@Shop.EXAMPLE\r\n":          {Shown: "Ann@shop.example", Key: "ann@shop.example"},
		"ann＠shop.example":                {Shown: "ann@shop.example", Key: "ann@shop.example"},
		"ａｎｎ@ｓｈｏｐ．ｅｘａｍｐｌｅ":                {Shown: "ann@shop.example", Key: "ann@shop.example"},
		"ann﹫shop.example":                {Shown: "ann@shop.example", Key: "ann@shop.example"},
		"ann@shop。example":                {Shown: "ann@shop.example", Key: "ann@shop.example"},
		"ann@shop｡example":                {Shown: "ann@shop.example", Key: "ann@shop.example"},
		"ann@shop․example":                {Shown: "ann@shop.example", Key: "ann@shop.example"},
		"ann@Bücher.example":              {Shown: "ann@bücher.example", Key: "ann@xn--bcher-kva.example"},
		"ann@bu\u0308cher.example":        {Shown: "ann@bücher.example", Key: "ann@xn--bcher-kva.example"},
		"ann@XN--BCHER-KVA.example":       {Shown: "ann@bücher.example", Key: "ann@xn--bcher-kva.example"},
		"ann+list@shop.example":           {Shown: "ann+list@shop.example", Key: "ann+list@shop.example"},
		"a.n.n@sub.shop.example":          {Shown: "a.n.n@sub.shop.example", Key: "a.n.n@sub.shop.example"},
		"o'neil!#$%&*-/=?^_`{|}~@shop.it": {Shown: "o'neil!#$%&*-/=?^_`{|}~@shop.it", Key: "o'neil!#$%&*-/=?^_`{|}~@shop.it"},
		"ﬁnn@shop.example":                {Shown: "finn@shop.example", Key: "finn@shop.example"},
		"\u212Aate@shop.example":          {Shown: "Kate@shop.example", Key: "kate@shop.example"},
		"ÄNN@shop.example":                {Shown: "ÄNN@shop.example", Key: "änn@shop.example"},
		"A\u0308nn@shop.example":          {Shown: "Änn@shop.example", Key: "änn@shop.example"},
		"用户@例え.jp":                        {Shown: "用户@例え.jp", Key: "用户@xn--r8jz45g.jp"},
		"ΟΔΟΣ@shop.example":               {Shown: "ΟΔΟΣ@shop.example", Key: "οδοσ@shop.example"},
		"οδος@shop.example":               {Shown: "οδος@shop.example", Key: "οδοσ@shop.example"},
		"ann@shop2.3com.example":          {Shown: "ann@shop2.3com.example", Key: "ann@shop2.3com.example"},
	} {
		got, err := identity.Email(typed)
		if err != nil || got != want {
			t.Errorf("%+q: %+v, %v; want %+v", typed, got, err, want)
		}
	}
}

// The dotless i is a letter of its own (CVE-2019-19844): it must not fold into another's address.
func TestDotlessIStaysApart(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	for _, typed := range []string{"mike@example.org", "mıke@example.org", "mİke@example.org", "mike@gıthub.com", "mike@github.com"} {
		got, err := identity.Email(typed)
		if err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		if other, taken := keys[got.Key]; taken {
			t.Errorf("%q and %q are both %q", typed, other, got.Key)
		}
		keys[got.Key] = typed
	}
}

func TestEmailRefuses(t *testing.T) {
	t.Parallel()
	for about, typed := range map[string]string{
		"empty":                   "",
		"blank":                   " \t ",
		"no at":                   "ann.shop.example",
		"no local part":           "@shop.example",
		"no domain":               "ann@",
		"at alone":                "@",
		"two ats":                 "ann@evil.example@shop.example",
		"two ats, one full-width": "ann＠evil.example@shop.example",
		"comma list":              "ann@shop.example,eve@evil.example",
		"full-width comma":        "ann@shop.example，eve@evil.example",
		"semicolon list":          "ann@shop.example;eve@evil.example",
		"space list":              "ann@shop.example eve@evil.example",
		"display name":            "Ann <ann@shop.example>",
		"angle brackets":          "<ann@shop.example>",
		"full-width angles":       "＜ann@shop.example＞",
		"quoted":                  `"ann"@shop.example`,
		"quoted with an address":  `"eve@evil.example,"@shop.example`,
		"comment":                 "ann(me)@shop.example",
		"comment in the domain":   "ann@shop.example(me)",
		"route":                   "@evil.example:ann@shop.example",
		"CRLF header":             "ann@shop.example\r\nBcc: eve@evil.example",
		"CRLF in the local part":  "ann\r\n@shop.example",
		"LF":                      "ann@shop\n.example",
		"tab":                     "an\tn@shop.example",
		"space inside":            "an n@shop.example",
		"no-break space":          "an\u00a0n@shop.example",
		"NUL":                     "ann\x00@shop.example",
		"DEL":                     "ann\x7f@shop.example",
		"C1":                      "ann\u0085x@shop.example",
		"backslash":               `an\n@shop.example`,
		"colon":                   "mailto:ann@shop.example",
		"brackets":                "an[n]@shop.example",
		"invalid UTF-8":           "an\xffn@shop.example",
		"invalid domain UTF-8":    "ann@sh\xffop.example",
		"replacement character":   "an\ufffdn@shop.example",
		"first dot":               ".ann@shop.example",
		"last dot":                "ann.@shop.example",
		"two dots":                "an..n@shop.example",
		"ellipsis":                "an…n@shop.example",
		"ideographic full stop":   "an。n@shop.example",
		"zero-width space":        "an\u200bn@shop.example",
		"zero-width joiner":       "an\u200dn@shop.example",
		"soft hyphen":             "an\u00adn@shop.example",
		"word joiner":             "an\u2060n@shop.example",
		"byte order mark":         "\ufeffann@shop.example",
		"variation selector":      "an\ufe0fn@shop.example",
		"grapheme joiner":         "an\u034fn@shop.example",
		"Hangul filler":           "ann\u3164@shop.example",
		"half-width filler":       "ann\uffa0@shop.example",
		"Khmer inherent vowel":    "ann\u17b4@shop.example",
		"mark before any letter":  "\u0301ann@shop.example",
		"right-to-left override":  "ann\u202egro.live@shop.example",
		"isolate":                 "ann\u2066@shop.example",
		"emoji":                   "😀@shop.example",
		"no dot in the domain":    "ann@localhost",
		"dot alone":               "ann@.",
		"domain with first dot":   "ann@.shop.example",
		"domain with last dot":    "ann@shop.example.",
		"domain with two dots":    "ann@shop..example",
		"top level alone":         "ann@.example",
		"underscore in a domain":  "ann@sh_op.example",
		"slash in a domain":       "ann@shop.example/x",
		"percent in a domain":     "ann@shop%2eexample",
		"port":                    "ann@shop.example:25",
		"hyphen first":            "ann@-shop.example",
		"hyphen last":             "ann@shop-.example",
		"broken punycode":         "ann@xn--a.example",
		"punycode of ASCII":       "ann@xn--shop-.example",
		"IPv4 literal":            "ann@[127.0.0.1]",
		"IPv6 literal":            "ann@[IPv6:::1]",
		"bare IPv4":               "ann@127.0.0.1",
		"full-width IPv4":         "ann@１２７.0.0.1",
		"number on top":           "ann@shop.1",
		"zero-width in a domain":  "ann@shop\u200d.example",
		"mixed directions":        "ann@aא1b.example",
		"65 bytes of local part":  strings.Repeat("a", 65) + "@shop.example",
		"33 two-byte letters":     strings.Repeat("ä", 33) + "@shop.example",
		"64-byte label":           "ann@" + strings.Repeat("a", 64) + ".example",
		"64-byte label, punycode": "ann@" + strings.Repeat("ü", 60) + ".example",
		"255 bytes":               address(255),
		"a megabyte":              strings.Repeat("a", 1<<20) + "@shop.example",
		"a megabyte of domain":    "a@" + strings.Repeat("a.", 1<<19) + "example",
	} {
		if got, err := identity.Email(typed); err == nil || got != (identity.Name{}) {
			t.Errorf("%s: accepted as %+q", about, got)
		}
	}
}

// address makes one of n bytes, every part as long as RFC 5321 and RFC 1035 let it be.
func address(n int) string {
	local := strings.Repeat("l", 60) + "@"
	domain := ""
	for n-len(local)-len(domain) > 64+8 {
		domain += strings.Repeat("d", 59) + "."
	}
	return local + domain + strings.Repeat("e", n-len(local)-len(domain)-4) + ".com"
}

func TestEmailAtTheLimits(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		strings.Repeat("a", 64) + "@shop.example",
		strings.Repeat("ä", 32) + "@shop.example",
		"ann@" + strings.Repeat("a", 63) + ".example",
		address(254),
		"a@b.cd",
	} {
		if _, err := identity.Email(typed); err != nil {
			t.Errorf("%d bytes, %q: %v", len(typed), typed, err)
		}
	}
}

// sound reports what a key must never be: as long as two spellings can share one, they do.
func sound(t *testing.T, typed, key string) {
	t.Helper()
	if key != strings.ToLower(key) || strings.ContainsFunc(key, unicode.IsUpper) || !norm.NFC.IsNormalString(key) {
		t.Errorf("%+q: the key %+q is not folded", typed, key)
	}
	if strings.ContainsFunc(key, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
	}) {
		t.Errorf("%+q: the key %+q holds what cannot be seen", typed, key)
	}
}

func FuzzEmail(f *testing.F) {
	for _, seed := range []string{
		"ann@shop.example", "ann＠bücher。example", "ΟΔΟΣ@x.y", "İ@x.y", "ǅ@x.y", "ẞ@ẞ.de", "a@xn--ls8h.la", "Ⱥ@a.b",
		"ŉ@a.b", "ﬃ@ﬀ.com", "ᾳ@a.b", "a\u0345@a.b", "\u1e9b\u0323@a.b", "Ꭰ@a.b", "ꭰ@a.b", "a@ａ.ｂ", "ϓ@a.b", "𝐀@𝐁.𝐂", "a@1.2.3.4",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := identity.Email(typed)
		if err != nil {
			if got != (identity.Name{}) {
				t.Fatalf("%+q: refused and answered %+q", typed, got)
			}
			return
		}
		sound(t, typed, got.Key)
		local, domain, _ := strings.Cut(got.Key, "@")
		if strings.Count(got.Shown, "@") != 1 || local == "" || !strings.Contains(domain, ".") {
			t.Fatalf("%+q: %+q is no address", typed, got)
		}
		if strings.ContainsFunc(domain, func(r rune) bool { return r > unicode.MaxASCII }) || len(domain) > 253 {
			t.Fatalf("%+q: domain %+q", typed, domain)
		}
		if strings.ContainsAny(got.Shown, " ,;:<>()[]\\\"\r\n\t\x00") {
			t.Fatalf("%+q: shown as %+q", typed, got.Shown)
		}
		again, err := identity.Email(got.Shown)
		if err != nil || again != got {
			t.Fatalf("%+q: %+q read again is %+q, %v", typed, got, again, err)
		}
		upper, err := identity.Email(strings.ToUpper(got.Key))
		if lower, _ := identity.Email(strings.ToLower(got.Shown)); err == nil && lower.Key != "" && strings.ToUpper(got.Key) == got.Key && upper.Key != lower.Key {
			t.Fatalf("%+q: upper case is %+q, lower case %+q", typed, upper.Key, lower.Key)
		}
		if email, username := identity.Key(typed); email != got.Key || username != "" {
			t.Fatalf("%+q: Key says %+q, %+q; Email says %+q", typed, email, username, got.Key)
		}
	})
}
