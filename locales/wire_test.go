package locales_test

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/locales"
)

type named int

func (named) String() string { return "by name" }

func TestMessageTravels(t *testing.T) {
	t.Parallel()
	polish := speakingPolish(t)
	inner := locales.Message{Code: "in", English: "%d minutes"}.With(3)
	at := time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)
	for _, c := range []struct {
		english string
		args    []any
		want    string
	}{
		{"Nothing", nil, "Nothing"},
		{"%d tries for %s", []any{5, "Ada"}, "5 tries for Ada"},
		{"%d and %d", []any{int64(math.MaxInt64), uint64(math.MaxUint64)}, "9223372036854775807 and 18446744073709551615"},
		{"%d, %d", []any{int8(-8), uint16(16)}, "-8, 16"},
		{"%.1f and %.2f", []any{5.0, float32(0.25)}, "5.0 and 0.25"},
		{"%v and %f", []any{1e21, math.Inf(1)}, "1e+21 and %!f(string=+Inf)"},
		{"%t %s", []any{true, "5"}, "true 5"},
		{"Wait %s", []any{inner}, "Wait 3 minutes"},
		{"Wait %s", []any{3 * time.Minute}, "Wait 3 minutes"},
		{"Since %s", []any{at}, "Since 4 March 2026, 05:06 UTC"},
		{"Ask %s", []any{[]string{"a", "b"}}, "Ask a and b"},
		{"Ask %s", []any{[]string{}}, "Ask "},
		{"Said %s", []any{named(4)}, "Said by name"},
		{"Said %s", []any{context.Canceled}, "Said context canceled"},
		{"Said %v", []any{struct{ A int }{1}}, "Said {1}"},
	} {
		sent := locales.Message{Code: "x", English: c.english, Args: c.args}
		wire, err := json.Marshal(sent)
		if err != nil {
			t.Fatalf("%s: %v", c.english, err)
		}
		var got locales.Message
		if err := json.Unmarshal(wire, &got); err != nil {
			t.Fatalf("%s: %v", wire, err)
		}
		if said := got.In(context.Background()); said != c.want {
			t.Errorf("%s: said %q, want %q", wire, said, c.want)
		}
		again, err := json.Marshal(got)
		if err != nil || string(again) != string(wire) {
			t.Errorf("%s became %s, %v", wire, again, err)
		}
	}
	var got locales.Message
	wire, err := json.Marshal(locales.Message{Code: "x", English: "Wait %s."}.With(3 * time.Minute))
	if err != nil || json.Unmarshal(wire, &got) != nil {
		t.Fatal(err)
	}
	if said := got.In(polish); said != "Avast for d minuten." {
		t.Errorf("a message that travelled said %q", said)
	}
}

func TestMessageRefused(t *testing.T) {
	t.Parallel()
	for _, wire := range []string{
		`{"args":[{}]}`, `{"args":[{"file":"/etc/passwd"}]}`, `{"args":[[1]]}`, `{"args":[{"duration":"soon"}]}`,
		`{"args":[{"duration":5}]}`, `{"args":5}`, `[]`, `{"args":[{"message":{"args":[[]]}}]}`, `{"args":[1e999]}`,
	} {
		var m locales.Message
		if err := json.Unmarshal([]byte(wire), &m); err == nil {
			t.Errorf("%s was read as %v", wire, m)
		}
	}
}

func TestIsZero(t *testing.T) {
	t.Parallel()
	if !(locales.Message{}).IsZero() || (locales.Message{Code: "x"}).IsZero() || (locales.Message{English: "X"}).IsZero() {
		t.Error("IsZero is wrong")
	}
}
