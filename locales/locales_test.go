package locales_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gatehouse-go/gatehouse/locales"
)

// pirate is a language with three plural forms and digits of its own.
const pirate = `msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;\n"

msgid "Sign in"
msgstr "Board"

msgid "%s wrote to %s"
msgstr "To %[2]s did %[1]s write"

msgid "%d try left"
msgid_plural "%d tries left"
msgstr[0] "one last %d try"
msgstr[1] "few tries, %d"
msgstr[2] "many tries, %d"

msgctxt "verb"
msgid "Book"
msgstr "To book"

msgctxt "noun"
msgid "Book"
msgstr "A book"

msgid "100%% sure"
msgstr "cent pour %%"

msgid "Wait %s."
msgstr "Avast for %s."

msgid "%d minute"
msgid_plural "%d minutes"
msgstr[0] "a minute"
msgstr[1] "%d minuten"
msgstr[2] "%d minuti"

msgctxt "digits of this language"
msgid "0123456789"
msgstr "abcdefghij"

msgctxt "name of this language"
msgid "English"
msgstr "Arr"
`

func catalogues(t testing.TB, host map[string]string) *locales.Catalogues {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range host {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	all, err := locales.New(files)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func speakingPolish(t testing.TB) context.Context {
	t.Helper()
	locale := catalogues(t, map[string]string{"pl.po": pirate}).Match("pl")
	if locale.Tag() != "pl" {
		t.Fatalf("matched %q for Polish", locale.Tag())
	}
	return locales.With(t.Context(), locale)
}

func TestSaid(t *testing.T) {
	t.Parallel()
	english, polish := context.Background(), speakingPolish(t)
	hello := locales.Message{Code: "x.sign_in", English: "Sign in"}
	var five any = float64(5) // what JSON makes of an int
	for _, c := range []struct{ name, got, want string }{
		{"a literal", locales.T(english, "Sign in"), "Sign in"},
		{"translated", locales.T(polish, "Sign in"), "Board"},
		{"unknown falls back", locales.T(polish, "Nobody translated this"), "Nobody translated this"},
		{"unknown with verbs", locales.T(polish, "Room %d for %s", 12, "Ada"), "Room bc for Ada"},
		{"verbs", locales.T(english, "%s has %d", "Ada", 3), "Ada has 3"},
		{"reordered", locales.T(polish, "%s wrote to %s", "Ada", "Bob"), "To Bob did Ada write"},
		{"context, verb", locales.C(polish, "verb", "Book"), "To book"},
		{"context, noun", locales.C(polish, "noun", "Book"), "A book"},
		{"no context is another sentence", locales.T(polish, "Book"), "Book"},
		{"context in English", locales.C(english, "verb", "Book %s", "it"), "Book it"},
		{"percent without arguments", locales.T(english, "100%% sure"), "100% sure"},
		{"percent translated", locales.T(polish, "100%% sure"), "cent pour %"},
		{"text in digits is left alone", locales.T(polish, "%s wrote to %s", "1", "2"), "To 2 did 1 write"},
		{"one", locales.N(english, "%d try left", "%d tries left", 1, 1), "1 try left"},
		{"many", locales.N(english, "%d try left", "%d tries left", 5, 5), "5 tries left"},
		{"none", locales.N(english, "%d try left", "%d tries left", 0, 0), "0 tries left"},
		{"n by itself", locales.N(english, "%d try left", "%d tries left", 7), "7 tries left"},
		{"one leaves the number out", locales.N(english, "One try left", "%d tries left", 1), "One try left"},
		{"one with more to say", locales.N(english, "%d try, %s", "%d tries, %s", 2, 2, "Ada"), "2 tries, Ada"},
		{"one in Polish", locales.N(polish, "%d try left", "%d tries left", 1, 1), "one last b try"},
		{"few in Polish", locales.N(polish, "%d try left", "%d tries left", 23, 23), "few tries, cd"},
		{"many in Polish", locales.N(polish, "%d try left", "%d tries left", 12, 12), "many tries, bc"},
		{"a plural that nobody translated", locales.N(polish, "%d cat", "%d cats", 2), "c cats"},
		{"minus one counts as one", locales.N(english, "%d degree", "%d degrees", -1), "-1 degree"},
		{"the least number", locales.N(english, "%d x", "%d xs", math.MinInt), fmt.Sprint(math.MinInt, " xs")},
		{"a message among arguments", locales.T(polish, "Wait %s.", hello), "Avast for Board."},
		{"a duration among arguments", locales.T(polish, "Wait %s.", 3*time.Minute), "Avast for d minuten."},
		{"a duration in English", locales.T(english, "Wait %s.", 90*time.Second), "Wait 1 minute and 30 seconds."},
		{"a form without its number", locales.T(polish, "Wait %s.", time.Minute), "Avast for a minute."},
		{"a list among arguments", locales.T(english, "Ask %s.", []string{"Ada", "Bob", "Cy"}), "Ask Ada, Bob and Cy."},
		{"a time among arguments", locales.T(english, "Since %s.", time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)), "Since 4 March 2026, 05:06 UTC."},
		{"a float for %d", locales.T(english, "%d tries", five), "5 tries"},
		{"a float for %s", locales.T(english, "%s tries", five), "5 tries"},
		{"a float for %v", locales.T(english, "%v tries", 2.5), "2.5 tries"},
		{"a float for %.1f", locales.T(english, "%.1f tries", float64(5)), "5.0 tries"},
		{"width", locales.T(english, "%03d", five), "005"},
		{"a message", hello.In(polish), "Board"},
		{"looked up", locales.Lookup(polish, "Sign in"), "Board"},
		{"looked up in vain", locales.Lookup(polish, "50%% off"), "50%% off"},
		{"a number", locales.Number(polish, -120), "-bca"},
	} {
		if c.got != c.want {
			t.Errorf("%s: said %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	english := t.Context()
	farsi := locales.With(t.Context(), catalogues(t, nil).Match("fa"))
	at := time.Date(2026, 12, 31, 23, 59, 58, 0, time.UTC)
	for _, c := range []struct{ name, got, want string }{
		{"date", locales.Date(english, at), "31 December 2026"},
		{"date and time", locales.DateTime(english, at), "31 December 2026, 23:59 UTC"},
		{"the time's own zone", locales.DateTime(english, at.In(time.FixedZone("CET", 3600))), "1 January 2027, 00:59 CET"},
		{"date in Farsi", locales.Date(farsi, at), "۳۱ دسامبر ۲۰۲۶"},
		{"date and time in Farsi", locales.DateTime(farsi, at), "۳۱ دسامبر ۲۰۲۶، ساعت ۲۳:۵۹ (UTC)"},
		{"duration in Farsi", locales.Duration(farsi, 90*time.Minute), "۱ ساعت و ۳۰ دقیقه"},
		{"list in Farsi", locales.List(farsi, []string{"آدا", "باب", "سای"}), "آدا، باب و سای"},
		{"nothing listed", locales.List(english, nil), ""},
		{"one listed", locales.List(english, []string{"a"}), "a"},
		{"two listed", locales.List(english, []string{"a", "b"}), "a and b"},
		{"verbs in a list are text", locales.List(english, []string{"%s", "%d"}), "%s and %d"},
	} {
		if c.got != c.want {
			t.Errorf("%s: said %q, want %q", c.name, c.got, c.want)
		}
	}
	for m := time.January; m <= time.December; m++ {
		got := locales.Date(english, time.Date(2026, m, 2, 0, 0, 0, 0, time.UTC))
		if want := fmt.Sprintf("2 %s 2026", m); got != want {
			t.Errorf("month %d: said %q, want %q", m, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second:                            "0 seconds",
		0:                                       "0 seconds",
		time.Nanosecond:                         "1 second",
		59*time.Second + 1:                      "1 minute",
		3 * time.Minute:                         "3 minutes",
		time.Hour:                               "1 hour",
		time.Hour + time.Second:                 "1 hour and 1 minute",
		59*time.Minute + 59500*time.Millisecond: "1 hour",
		24 * time.Hour:                          "1 day",
		30 * 24 * time.Hour:                     "30 days",
		25*time.Hour + time.Minute:              "1 day and 2 hours",
		24*time.Hour - time.Nanosecond:          "1 day",
		math.MaxInt64:                           "106751 days and 23 hours",
	} {
		if got := locales.Duration(t.Context(), d); got != want {
			t.Errorf("%d ns: said %q, want %q", d, got, want)
		}
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	for name, ctx := range map[string]context.Context{
		"nothing":      t.Context(),
		"nil":          locales.With(t.Context(), nil),
		"a nil within": locales.With(speakingPolish(t), nil),
	} {
		locale := locales.From(ctx)
		if locale.Tag() != "en" || locale.Dir() != "ltr" || locale.Name() != "English" {
			t.Errorf("%s: from the context came %q, %q, %q", name, locale.Tag(), locale.Dir(), locale.Name())
		}
	}
	if tag := locales.From(speakingPolish(t)).Tag(); tag != "pl" {
		t.Errorf("from the context came %q", tag)
	}
}

func BenchmarkT(b *testing.B) {
	for name, ctx := range map[string]context.Context{"English": b.Context(), "Polish": speakingPolish(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				locales.T(ctx, "%s wrote to %s", "Ada", "Bob")
			}
		})
		b.Run(name+"Plain", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				locales.T(ctx, "Sign in")
			}
		})
	}
}

func BenchmarkN(b *testing.B) {
	for name, ctx := range map[string]context.Context{"English": b.Context(), "Polish": speakingPolish(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				locales.N(ctx, "%d try left", "%d tries left", 3, 3)
			}
		})
	}
}
