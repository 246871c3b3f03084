package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// sealer is an application as far as it seals and reads what browsers keep for it.
func sealer() *App {
	now := time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)
	return &App{Config: Config{URL: "https://shop.example", Now: func() time.Time { return now }}, secure: true, ring: keyring.New([]string{"one secret", "an older one"})}
}

// serving hands do a request as handlers see it.
func serving(server *fiber.App, prepare func(*fasthttp.Request), do func(*fiber.Ctx)) {
	raw := new(fasthttp.RequestCtx)
	prepare(&raw.Request)
	c := server.AcquireCtx(raw)
	defer server.ReleaseCtx(c)
	do(c)
}

// What is read of a body is text or what JSON holds, never what was compressed, and the same each
// time; a form decoded from it holds nothing that a form cannot.
func FuzzReadInput(f *testing.F) {
	const part = "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nada@example.com\r\n"
	for _, seed := range []struct{ kind, packed, body string }{
		{"application/x-www-form-urlencoded", "", "email=ada@example.com&password=x&remember=on&next=/orders&email=eve"},
		{"application/x-www-form-urlencoded", "", "email[]=a&%00=%00&=&&;email=%ff%c0%af&+=+%"},
		{"application/x-www-form-urlencoded", "gzip", "email=ada@example.com"},
		{"application/json", "", `{"email":"ada@example.com","password":"x","remember":true}`},
		{"Application/JSON ; charset=latin1", "", `{"email":{"a":[1e999999999]},"Email":"x","email":"y"}`},
		{"application/json", "", `{"email":"\ud800\u0000"}{}`},
		{"application/json", "", strings.Repeat(`{"a":`, 300)},
		{"multipart/form-data; boundary=b", "", part + "--b--\r\n"},
		{"multipart/form-data; boundary=b", "", part + part + "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../x\"\r\n\r\n\xff\r\n--b--"},
		{"multipart/form-data; boundary=\"", "", part},
		{"text/plain", "", "email=ada@example.com"},
		{"", "", "\x00\xff"},
	} {
		f.Add(seed.kind, seed.packed, []byte(seed.body))
	}
	server := fiber.New(sealer().FiberConfig())
	f.Fuzz(func(t *testing.T, kind, packed string, body []byte) {
		serving(server, func(r *fasthttp.Request) {
			r.Header.SetMethod(fiber.MethodPost)
			r.Header.Set(fiber.HeaderContentType, kind)
			r.Header.Set(fiber.HeaderContentEncoding, packed)
			r.SetBody(body)
		}, func(c *fiber.Ctx) { checkInput(t, c, body) })
	})
}

func checkInput(t *testing.T, c *fiber.Ctx, body []byte) {
	t.Helper()
	in := readInput(c)
	if again := readInput(c); jsonOf(t, again) != jsonOf(t, in) {
		t.Fatalf("read once it is %v, read again %v", in, again)
	}
	if in == nil || len(in) > len(body) || len(in) > 0 && c.Get(fiber.HeaderContentEncoding) != "" {
		t.Fatalf("%d fields of %d bytes that are packed by %q", len(in), len(body), c.Get(fiber.HeaderContentEncoding))
	}
	for name, value := range in {
		switch value := value.(type) {
		case string:
			if isJSON(c) && !utf8.ValidString(value) {
				t.Fatalf("%q is %q, which JSON cannot say", name, value)
			}
		default:
			if !isJSON(c) {
				t.Fatalf("%q is %v: a form holds text alone", name, value)
			}
		}
	}
	for _, dst := range []any{&loginForm{}, &SignUp{}} {
		checkBound(t, form.Decode("x", "/x", dst, in), dst)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// checkBound holds that what a form took can be stored, and that no secret is shown again.
func checkBound(t *testing.T, filled form.Form, dst any) {
	t.Helper()
	var taken []string
	switch dst := dst.(type) {
	case *loginForm:
		taken = []string{dst.Email, dst.Password}
	case *SignUp:
		taken = []string{dst.Email, dst.Username, dst.Password, dst.PasswordConfirm}
	}
	for _, text := range taken {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Fatalf("%q cannot be stored", text)
		}
	}
	if utf8.RuneCountInString(taken[0]) > 254 || filled.Field("password").Value != "" || filled.Field("password_confirm").Value != "" {
		t.Fatalf("%q is too long, or a password is shown again", taken[0])
	}
	if !filled.Invalid() && (taken[0] == "" || strings.TrimSpace(taken[0]) != taken[0]) {
		t.Fatalf("%q names somebody", taken[0])
	}
}

// A ticket is read if this application wrote it, and as what was written.
func FuzzTicket(f *testing.F) {
	a := sealer()
	family := uuid.MustParse("018f2b1e-0000-7000-8000-000000000001")
	value := base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	ticket := a.ticket(family, value)
	other := keyring.New([]string{"a secret of another"})
	for _, seed := range []string{
		ticket, ticket + "A", ticket + ".", "." + ticket, strings.ToUpper(ticket), strings.ReplaceAll(ticket, "-", ""), ticket[:len(ticket)-1], " " + ticket,
		strings.Replace(ticket, ".", "..", 1), family.String() + "." + value + ".", family.String() + "." + value, "", ".", "..",
		family.String() + "." + value + "." + base64.RawURLEncoding.EncodeToString(other.MAC("remember", []byte(family.String()+"."+value))),
		family.String() + "." + value + "." + base64.RawURLEncoding.EncodeToString(a.ring.MAC("flash", []byte(family.String()+"."+value))),
		a.ticket(uuid.Nil, ""), a.ticket(family, "short"), a.ticket(family, value+"."+value),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		id, hash := a.readTicket(sent)
		if hash == nil {
			return
		}
		if id != family || !bytes.Equal(hash, session.Hash(value)) || !strings.HasPrefix(sent, family.String()+"."+value+".") {
			t.Fatalf("%q is a ticket of %s, and nobody has written it", sent, id)
		}
	})
}

// A message is shown if this application left it, and as it was left.
func FuzzFlash(f *testing.F) {
	a := sealer()
	server := fiber.New(a.FiberConfig())
	var value string
	serving(server, func(*fasthttp.Request) {}, func(c *fiber.Ctx) {
		(&request{App: a, c: c}).say(good, registerDone.With("ada@example.com"))
		var cookie fasthttp.Cookie
		cookie.SetKey(a.cookie(flashCookie))
		if !c.Response().Header.Cookie(&cookie) {
			f.Fatal("no message was left")
		}
		value = string(cookie.Value())
	})
	raw, sum, _ := strings.Cut(value, ".")
	mac, err := base64.RawURLEncoding.DecodeString(sum)
	if err != nil {
		f.Fatal(err)
	}
	// Another message, under the sum of this one.
	other, err := json.Marshal(wireFlash{bad, loginFailed, a.Now().Add(time.Hour).Unix()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(base64.RawURLEncoding.EncodeToString(other) + "." + sum)
	for _, seed := range []string{value, raw, raw + ".", "." + sum, value + "A", value + "." + sum, sum + "." + raw, raw + "=." + sum, "", ".", "e30.", raw[:len(raw)-4] + "." + sum} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		var got props.Flash
		serving(server, func(r *fasthttp.Request) { r.Header.SetCookie(a.cookie(flashCookie), sent) }, func(c *fiber.Ctx) {
			got = (&request{App: a, c: c}).heard()
		})
		if got.Kind == "" && got.Message.IsZero() {
			return
		}
		under, _ := base64.RawURLEncoding.DecodeString(strings.NewReplacer("\n", "", "\r", "").Replace(sent[strings.IndexByte(sent, '.')+1:]))
		if got.Kind != good || !bytes.Equal(under, mac) || got.Message.Code != registerDone.Code || !strings.HasPrefix(sent, raw+".") {
			t.Fatalf("%q says %+v", sent, got)
		}
		if text := got.Message.In(t.Context()); !strings.Contains(text, "ada@example.com") {
			t.Fatalf("%q says %q", sent, text)
		}
	})
}

// A token is good for the visitor it was made for and for no other: unmasked, it is their sum.
func FuzzToken(f *testing.F) {
	a := sealer()
	visitor := base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{9}, 32))
	sum := a.ring.MAC(antiForgery, []byte(visitor))
	token := base64.RawURLEncoding.EncodeToString(append(make([]byte, sumSize), sum...)) // its mask is zero
	for _, seed := range []string{token, token + "=", token + "A", token[1:], strings.ToLower(token), "", strings.Repeat("A", 86), token + token, "\x00" + token, token[:40] + "\n" + token[40:]} {
		f.Add(visitor, seed)
		f.Add("", seed)
		f.Add(visitor+"x", seed)
	}
	f.Fuzz(func(t *testing.T, who, sent string) {
		if !a.validToken(who, sent) {
			if who == visitor && sent == token {
				t.Fatal("the token is not good for its own visitor")
			}
			return
		}
		mask, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("\n", "", "\r", "").Replace(sent)) // which base64 reads past
		if err != nil || len(mask) != 2*sumSize || who != visitor {
			t.Fatalf("%q is good for %q", sent, who)
		}
		for i := range sumSize {
			mask[i] ^= mask[sumSize+i]
		}
		if !bytes.Equal(mask[:sumSize], sum) {
			t.Fatalf("%q, which is not theirs, is good for %q", sent, who)
		}
	})
}
