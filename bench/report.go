package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A report is written in Markdown, as the numbers come.
type report struct {
	out io.Writer
	err error
}

func (r *report) say(format string, args ...any) {
	if _, err := fmt.Fprintf(r.out, format, args...); err != nil && r.err == nil {
		r.err = err
	}
}

func (r *report) facts(p plan) {
	postgres := "SQLite alone: TEST_DATABASE_URL is not set"
	if p.postgres != "" {
		postgres = "SQLite and Postgres"
	}
	r.say("Measured on %s with %s on %s/%s, %d cores, %s; client and server share the machine.\n",
		time.Now().UTC().Format("2 January 2006"), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), postgres)
	r.say("Load when it began, of everything on the machine: %s.\n", busy())
	r.say("Each number is the median of %d rounds of %v (sign-ins: %v) after one to warm up, each cut into turns; "+
		"a ratio is the median of the rounds' ratios, with the least and the greatest behind it. Pages are asked for by %d connections.\n",
		p.rounds, p.round, p.signIns, p.conns)
}

// busy is how many processes wanted a processor in the last minute, as the kernel counts them.
func busy() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	minute, _, _ := strings.Cut(string(content), " ")
	return minute
}

func (r *report) end(took time.Duration) { r.say("\nThe whole run took %.0f s.\n", took.Seconds()) }

// verdict holds a measurement against a bar.
func verdict(reached bool) string {
	if reached {
		return "PASS"
	}
	return "under"
}

// verdicts judges what came out and what it cost, each by itself: on a machine that others use,
// the second is the one to believe.
func verdicts(bar float64, rate, byCPU ratio) string {
	return fmt.Sprintf("≥ %.2f: **%s**, by CPU **%s**", bar, verdict(median(rate) >= bar), verdict(median(byCPU) >= bar))
}

// A ratio is how the kit did against something else, round by round.
type ratio []float64

func over[T float64 | time.Duration](a, b []T) (r ratio) {
	for i := range a {
		r = append(r, float64(a[i])/float64(b[i]))
	}
	return r
}

func (r ratio) String() string {
	return fmt.Sprintf("%.2f (%.2f to %.2f)", median(r), slices.Min(r), slices.Max(r))
}

func micros(d time.Duration) string {
	if d >= 10*time.Millisecond {
		return millis(d)
	}
	return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func (r *report) contest(c contest, names []string, scores []score) {
	r.say("\n## %s\n\n| served by | pages/s | the kit's ratio to it | server CPU per page | ratio by CPU | bar |\n|---|--:|--:|--:|--:|---|\n", c.title)
	for i, name := range names {
		s := scores[i]
		if i == 0 {
			r.say("| the kit | %.0f | | %s | | |\n", median(s.perSecond), micros(median(s.cpu)))
			continue
		}
		// Less CPU is better, so that this ratio stands the other way round.
		ratio, byCPU, bar := over(scores[0].perSecond, s.perSecond), over(s.cpu, scores[0].cpu), ""
		if i == 1 {
			bar = verdicts(c.bar, ratio, byCPU)
		}
		r.say("| %s | %.0f | %v | %s | %v | %s |\n", name, median(s.perSecond), ratio, micros(median(s.cpu)), byCPU, bar)
	}
}

func (r *report) parts(parts []part, shares []float64, each time.Duration) {
	r.say("\nWhere the kit's time goes (samples of a CPU profile, each counted once):\n\n| part | share | of %s |\n|---|--:|--:|\n", micros(each))
	for i, share := range shares {
		name := "the scheduler and what belongs to nothing above"
		if i < len(parts) {
			name = parts[i].name
		}
		if share >= 0.001 {
			r.say("| %s | %.1f %% | %s |\n", name, 100*share, micros(time.Duration(math.Round(share*float64(each)))))
		}
	}
}

func (r *report) signIns(on string, slots int, kits, raw score) {
	const bar = 0.95
	// Less CPU is better, so that this ratio stands the other way round.
	ratio, byCPU := over(kits.perSecond, raw.perSecond), over(raw.cpu, kits.cpu)
	r.say("\n## Sign-ins, on %s, %d slots\n\n| | a second | the kit's ratio to it | CPU for one | ratio by CPU | bar |\n|---|--:|--:|--:|--:|---|\n", on, slots)
	r.say("| the kit, right passwords | %.1f | | %s | | |\n| argon2id alone | %.1f | %v | %s | %v | %s |\n",
		median(kits.perSecond), millis(median(kits.cpu)), median(raw.perSecond), ratio, millis(median(raw.cpu)), byCPU, verdicts(bar, ratio, byCPU))
}

func (r *report) names() {
	r.say("\n## Known and unknown names\n\n| form | on | known: p25, p50, p75 | unknown: p25, p50, p75 | medians apart | bar |\n|---|---|--:|--:|--:|---|\n")
}

func (r *report) name(on string, q question, known, unknown []time.Duration) {
	const bar, most = 0.05, time.Millisecond
	quarters := func(all []time.Duration) string {
		return fmt.Sprintf("%s, %s, %s", fine(percentile(all, 25)), fine(median(all)), fine(percentile(all, 75)))
	}
	apart := median(known) - median(unknown)
	share := float64(apart) / float64(median(unknown))
	r.say("| POST %s | %s, %d pairs | %s | %s | %s, %+.1f %% | ≤ %.0f %% and ≤ %s: **%s** |\n", q.path, on, len(known), quarters(known), quarters(unknown),
		fine(apart), 100*share, 100*bar, millis(most), verdict(math.Abs(share) <= bar && apart.Abs() <= most))
}

func fine(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

func (r *report) rush(p plan, s rush) {
	const bar = 250e6
	r.say("\n## %d people sign in at once, on SQLite\n\n| | | bar |\n|---|--:|---|\n", p.crowd)
	r.say("| memory (RSS) before | %.0f MB | |\n| memory (RSS) at its most | %.0f MB | < %.0f MB: **%s** |\n",
		float64(s.idle)/1e6, float64(s.peak)/1e6, bar/1e6, verdict(float64(s.peak) < bar))
	var first []string
	for status, n := range s.first {
		first = append(first, fmt.Sprintf("%d × %d", n, status))
	}
	slices.Sort(first)
	r.say("| answers to the first try | %s | |\n", strings.Join(first, ", "))
	r.say("| signed in, having come back as told to | %d of %d in %.1f s | |\n", s.in, p.crowd, s.took.Seconds())
	r.say("| the sign-in page for someone else, before: p50, p99 | %s, %s | |\n", millis(median(s.before)), millis(percentile(s.before, 99)))
	r.say("| the sign-in page for someone else, meanwhile: p50, p99 | %s, %s | |\n", millis(median(s.during)), millis(percentile(s.during, 99)))
}

func (r *report) starts(first, again []time.Duration, size int64) {
	r.say("\n## From execution to the first page, the starter on SQLite\n\n| | |\n|---|--:|\n")
	r.say("| on a database that it has to make | %s |\n| on one that is there | %s |\n| size of the program | %.1f MB |\n",
		millis(median(first)), millis(median(again)), float64(size)/1e6)
}
