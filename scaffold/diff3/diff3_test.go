package diff3_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/scaffold/diff3"
)

var names = diff3.Names{Yours: "yours", Ours: "Gatehouse v2"}

// of makes a text of words, a line each.
func of(words string) []byte {
	if words == "" {
		return nil
	}
	return []byte(strings.ReplaceAll(words, " ", "\n") + "\n")
}

func TestThree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                    string
		base, yours, ours, want string
		conflicts               int
	}{
		{"nobody", "a b c", "a b c", "a b c", "a b c", 0},
		{"you alone", "a b c", "a X c", "a b c", "a X c", 0},
		{"we alone", "a b c", "a b c", "a X c", "a X c", 0},
		{"the same", "a b c", "a X c", "a X c", "a X c", 0},
		{"lines apart", "a b c d e", "A b c d e", "a b c d E", "A b c d E", 0},
		{"one line between", "a b c d e", "a B c d e", "a b c D e", "a B c D e", 0},
		{"one line after the other", "a b c d", "a B c d", "a b C d", "a B C d", 0},
		{"one line before the other", "a b c d", "a b C d", "a B c d", "a B C d", 0},
		{"one line in two ways", "a b c", "a X c", "a Y c", "a <<<<<<<_yours X ======= Y >>>>>>>_Gatehouse_v2 c", 1},
		{"put in at one place", "a b", "a X b", "a Y b", "a <<<<<<<_yours X ======= Y >>>>>>>_Gatehouse_v2 b", 1},
		{"put in before what is changed", "a b c", "a X b c", "a B c", "a X B c", 0},
		{"put in after what is changed", "a b c", "a b X c", "a B c", "a B X c", 0},
		{"put in inside of what is taken out", "a b c d", "a b X c d", "a d", "a <<<<<<<_yours b X c ======= >>>>>>>_Gatehouse_v2 d", 1},
		{"changed inside of what is taken out", "a b c d e", "a b X d e", "a e", "a <<<<<<<_yours b X d ======= >>>>>>>_Gatehouse_v2 e", 1},
		{"taken out inside of what is changed", "a b c d e", "a e", "a b X d e", "a <<<<<<<_yours ======= b X d >>>>>>>_Gatehouse_v2 e", 1},
		{"taken out by both", "a b c", "a c", "a c", "a c", 0},
		{"parts of one run taken out", "a b c d", "a c d", "a b d", "a d", 0},
		{"one run taken out further", "a b c d", "a d", "a c d", "a <<<<<<<_yours ======= c >>>>>>>_Gatehouse_v2 d", 1},
		{"everything, by you", "a b c", "X Y", "a b c", "X Y", 0},
		{"everything, by both", "a b c", "X Y", "Z", "<<<<<<<_yours X Y ======= Z >>>>>>>_Gatehouse_v2", 1},
		{"emptied by you", "a b", "", "a X", "<<<<<<<_yours ======= a X >>>>>>>_Gatehouse_v2", 1},
		{"in common within a conflict", "a b c d e f g", "X b1 c1 d1 e1 f1 G", "Y b1 c1 d1 e1 f1 H", "<<<<<<<_yours X ======= Y >>>>>>>_Gatehouse_v2 b1 c1 d1 e1 f1 <<<<<<<_yours G ======= H >>>>>>>_Gatehouse_v2", 2},
		{"little in common within a conflict", "a b c", "X b1 Y", "P b1 Q", "<<<<<<<_yours X b1 Y ======= P b1 Q >>>>>>>_Gatehouse_v2", 1},
		{"one change across two", "a b c d e", "a B c D e", "a X e", "a <<<<<<<_yours B c D ======= X >>>>>>>_Gatehouse_v2 e", 1},
		{"of nothing", "", "a", "b", "<<<<<<<_yours a ======= b >>>>>>>_Gatehouse_v2", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := bytes.ReplaceAll(of(c.want), []byte("_"), []byte(" "))
			got := diff3.Three(of(c.base), of(c.yours), of(c.ours), names)
			if !bytes.Equal(got.Text, want) || got.Conflicts != c.conflicts {
				t.Errorf("%d conflicts in\n%s\nwant %d in\n%s", got.Conflicts, got.Text, c.conflicts, want)
			}
			if diff3.Unresolved(got.Text) != (c.conflicts > 0) {
				t.Error("what is left to be settled is told wrongly")
			}
		})
	}
}

func TestHowLinesEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, base, yours, ours, want string }{
		{"yours in CR LF", "a\nb\nc\n", "a\r\nb\r\nC\r\n", "A\nb\nc\n", "A\r\nb\r\nC\r\n"},
		{"untouched but for CR LF", "a\nb\n", "a\r\nb\r\n", "a\nX\nb\n", "a\r\nX\r\nb\r\n"},
		{"a conflict in CR LF", "a\n", "X\r\n", "Y\n", "<<<<<<< yours\r\nX\r\n=======\r\nY\r\n>>>>>>> Gatehouse v2\r\n"},
		{"each line as it was", "a\nb\nc\n", "a\r\nb\nC\n", "A\nb\nc\n", "A\nb\nC\n"},
		{"you took the last end away", "a\nb\n", "a\nb", "A\nb\n", "A\nb"},
		{"we took the last end away", "a\nb\n", "A\nb\n", "a\nb", "A\nb"},
		{"lines after one without an end", "a\nb\n", "a\nb", "a\nb\nc\n", "a\nb\nc"},
		{"a conflict at the end of what is open", "a", "X", "Y", "<<<<<<< yours\nX\n=======\nY\n>>>>>>> Gatehouse v2\n"},
		{"a lone CR is a letter", "a\rb\n", "a\rb\nX\n", "a\rb\n", "a\rb\nX\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := diff3.Three([]byte(c.base), []byte(c.yours), []byte(c.ours), names); string(got.Text) != c.want {
				t.Errorf("%q, want %q", got.Text, c.want)
			}
		})
	}
}

func TestUnified(t *testing.T) {
	t.Parallel()
	got := string(diff3.Unified("a/x", of("a b c"), "b/x", []byte("a\r\nX\r\nc\r\n")))
	if want := "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+X\n c\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := diff3.Unified("a/x", of("a"), "b/x", []byte("a\r\n")); len(got) > 0 {
		t.Errorf("what is the same differs by %q", got)
	}
}

// FuzzThree holds what a merge promises whatever it is given.
func FuzzThree(f *testing.F) {
	for _, seed := range [][3]string{
		{"a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n"},
		{"a\n}\n}\nb\n}\n", "a\n}\nX\n}\nb\n}\n", "b\n}\na\n}\n}\n"},
		{"a\r\nb", "a\nb\n", "\n\n"},
		{"", "<<<<<<< a\n>>>>>>> b\n", "@@ -1,1 +1,1 @@\n"},
		{"a\n", "a\n\r", "a\r\n"},
		{"--- a\n", "+++ b\n", "\\ No newline at end of file"},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]), []byte(seed[2]))
	}
	f.Fuzz(func(t *testing.T, base, yours, ours []byte) {
		promises(t, alike(base), alike(yours), alike(ours))
	})
}

// alike leaves out each CR that ends no line: where one came to stand before an LF, it would.
func alike(content []byte) []byte {
	lines := bytes.SplitAfter(content, []byte("\n"))
	for i, line := range lines {
		ended := bytes.HasSuffix(line, []byte("\r\n"))
		line = bytes.ReplaceAll(line, []byte("\r"), nil)
		if ended {
			line = append(bytes.TrimSuffix(line, []byte("\n")), "\r\n"...)
		}
		lines[i] = line
	}
	return bytes.Join(lines, nil)
}

// Random texts of few different lines, with runs changed, moved and taken out: what fuzzing of
// bytes seldom comes upon.
func TestPromises(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 1))
		base := make([]string, random.IntN(14))
		for i := range base {
			base[i] = string(rune('a' + random.IntN(9)))
		}
		promises(t, written(base, "\n"), written(changed(random, base, "Y"), "\n"), written(changed(random, base, "O"), "\n"))
	}
}

func written(lines []string, end string) []byte {
	var all strings.Builder
	for _, line := range lines {
		all.WriteString(line + end)
	}
	return []byte(all.String())
}

func changed(random *rand.Rand, base []string, mark string) []string {
	lines := append([]string(nil), base...)
	for range random.IntN(4) {
		from := random.IntN(len(lines) + 1)
		to := from + random.IntN(len(lines)-from+1)
		run := append([]string(nil), lines[from:to]...)
		rest := append(append([]string(nil), lines[:from]...), lines[to:]...)
		switch random.IntN(3) {
		case 0: // other lines
			run = []string{mark, string(rune('a' + random.IntN(9)))}
		case 1: // none
			run = nil
		case 2: // moved
			from = random.IntN(len(rest) + 1)
		}
		lines = append(append(append([]string(nil), rest[:from]...), run...), rest[from:]...)
	}
	return lines
}

func promises(t *testing.T, base, yours, ours []byte) {
	t.Helper()
	got := diff3.Three(base, yours, ours, names)
	for name, side := range map[string][]byte{"yours": yours, "ours": ours} {
		for line, n := range count(side) {
			if extra := n - count(base)[line]; extra > 0 && count(got.Text)[line] < extra {
				t.Errorf("%q, which %s has %d times more than the base, is in the merge %d times\nbase\n%q\nyours\n%q\nours\n%q\nmerge\n%q",
					line, name, extra, count(got.Text)[line], base, yours, ours, got.Text)
			}
		}
	}
	for _, same := range []struct {
		name         string
		a, b, c, get []byte
	}{
		{"nothing of ours changed", base, yours, base, yours},
		{"nothing of yours changed", base, base, ours, ours},
		{"both did the same", base, yours, yours, yours},
	} {
		if m := diff3.Three(same.a, same.b, same.c, names); !diff3.Same(m.Text, same.get) || m.Conflicts > 0 {
			t.Errorf("%s: %q, %q, %q become %q", same.name, same.a, same.b, same.c, m.Text)
		}
	}
	other := diff3.Three(base, ours, yours, names)
	if other.Conflicts > 0 != (got.Conflicts > 0) {
		t.Errorf("%d conflicts, and %d the other way round\nbase\n%q\nyours\n%q\nours\n%q", got.Conflicts, other.Conflicts, base, yours, ours)
	}
	if got.Conflicts == 0 && !diff3.Same(got.Text, other.Text) {
		t.Errorf("%q, and the other way round %q\nbase\n%q\nyours\n%q\nours\n%q", got.Text, other.Text, base, yours, ours)
	}
	if again := diff3.Three(ours, got.Text, ours, names); !diff3.Same(again.Text, got.Text) {
		t.Errorf("what is merged, merged again: %q, then %q", got.Text, again.Text)
	}
}

func count(content []byte) map[string]int {
	n := map[string]int{}
	for line := range strings.Lines(strings.TrimSuffix(strings.ReplaceAll(string(content), "\r\n", "\n"), "\r")) {
		n[strings.TrimSuffix(line, "\n")]++
	}
	return n
}
