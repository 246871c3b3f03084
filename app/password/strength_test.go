package password_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/password"
)

func TestStrength(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		plain string
		want  int
	}{
		{"", 0},
		{"password", 0},
		{"P@ssw0rd", 0},
		{"pässwörd", 0},
		{"qwertyuiop", 0},
		{"zzzzzzzz", 0},
		{"19840213", 1},
		{"ilovecheese", 1},
		{"éééééééééééééééé", 0},
		{"密密密密密密密密", 0},
		{"83746592", 2},
		{"jelly22fish", 3},
		{"xK9#mQ2$vL", 3},
		{"correct horse battery staple", 4},
		{"$490+2@6|2密{$38😀😀1(40{5%|$51{16627é4密+{😀", 4},
		{"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xff\xfe", 0},
		{strings.Repeat("x", 1<<20), 0},
	} {
		if got := password.Strength(tt.plain); got != tt.want {
			t.Errorf("Strength(%.40q) = %d, want %d", tt.plain, got, tt.want)
		}
	}
}

func TestStrengthKnowsWhatIsKnown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ plain, about string }{
		{"bartholomew-quizzical", "bartholomew.quizzical@mail.example"},
		{"жаворонокжаворонок", "жаворонок"},
		{"Krähwinkelig77", "krähwinkelig"},
	} {
		alone, known := password.Strength(tt.plain), password.Strength(tt.plain, tt.about)
		if known >= alone && alone > 0 {
			t.Errorf("%q: %d alone, %d beside %q", tt.plain, alone, known, tt.about)
		}
	}
}

// Text full of figures that stand for letters is the estimator's worst case.
func TestStrengthIsBounded(t *testing.T) {
	t.Parallel()
	for _, plain := range []string{
		strings.Repeat("a4@8({[<369 1!|7 0$5+%2", 40),
		strings.Repeat("é4@8({[<369 1!|7 0$5+%2密😀", 20),
		strings.Repeat("ab", 500),
		strings.Repeat("12.12.1984", 100),
	} {
		start := time.Now()
		password.Strength(plain)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%.40q took %v", plain, took)
		}
	}
}

func TestStrengthAtOnce(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := password.Strength("correct horse battery staple", "alice@mail.example"); got != 4 {
				t.Errorf("got %d", got)
			}
		})
	}
	all.Wait()
}

func TestResembles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		plain, word string
		want        bool
	}{
		{"shop", "Shop", true},
		{"SHOP2024!", "Shop", true},
		{"2024shop", "Shop", true},
		{"pohs", "Shop", true},
		{"s-h-o-p", "Shop", true},
		{"alice1984", "alice77", true},
		{"STRASSE", "straße", true},
		{"+1 555 0100", "15550100", true},
		{"🔥🔥🔥🔥🔥🔥🔥🔥", "🔥🔥🔥🔥🔥🔥🔥🔥", true},
		{"my shop", "Shop", false},
		{"shopshopping", "Shop", false},
		{"shop!#%&*~^?+", "Shop", false},
		{"shop837465928", "Shop", false},
		{"a!#%&*~^", "a", false},
		{"12345678", "87654320", false},
		{"anything", "", false},
		{"🔥🔥🔥🔥🔥🔥🔥🔥", "🚀", false},
	} {
		if got := password.Resembles(tt.plain, tt.word); got != tt.want {
			t.Errorf("%q, %q: %v", tt.plain, tt.word, got)
		}
	}
}

func BenchmarkStrength(b *testing.B) {
	for name, plain := range map[string]string{"usual": "correct horse battery staple", "worst": strings.Repeat("a4@8({[<369 1!|7 0$5+%2", 4)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				password.Strength(plain)
			}
		})
	}
}
