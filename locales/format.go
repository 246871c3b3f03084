package locales

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Number writes n in the digits of the reader's language.
func Number(ctx context.Context, n int) string {
	return From(ctx).digitsOf(strconv.Itoa(n))
}

// Date writes the day of t, "2 January 2006", in t's own time zone and the Gregorian calendar.
func Date(ctx context.Context, t time.Time) string {
	return dated(ctx, t, C(ctx, "date layout", "2 January 2006"))
}

// DateTime writes the day and the minute of t, "2 January 2006, 15:04 UTC", in t's own time zone,
// which it names, and the Gregorian calendar.
func DateTime(ctx context.Context, t time.Time) string {
	return dated(ctx, t, C(ctx, "date layout", "2 January 2006, 15:04 MST"))
}

// dated writes t by a layout of package time. Only the month is a word there, and package time
// knows it in English alone.
func dated(ctx context.Context, t time.Time, layout string) string {
	before, after, named := strings.Cut(layout, "January")
	text := t.Format(before)
	if named {
		text += month(ctx, t.Month()) + t.Format(after)
	}
	return From(ctx).digitsOf(text)
}

func month(ctx context.Context, m time.Month) string {
	switch m {
	case time.January:
		return C(ctx, "month", "January")
	case time.February:
		return C(ctx, "month", "February")
	case time.March:
		return C(ctx, "month", "March")
	case time.April:
		return C(ctx, "month", "April")
	case time.May:
		return C(ctx, "month", "May")
	case time.June:
		return C(ctx, "month", "June")
	case time.July:
		return C(ctx, "month", "July")
	case time.August:
		return C(ctx, "month", "August")
	case time.September:
		return C(ctx, "month", "September")
	case time.October:
		return C(ctx, "month", "October")
	case time.November:
		return C(ctx, "month", "November")
	default:
		return C(ctx, "month", "December")
	}
}

// Duration writes d in its two largest units: "3 minutes", "1 hour and 30 minutes". It rounds up,
// so that whoever waits as long as it says has waited long enough.
func Duration(ctx context.Context, d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d <= 0:
		d = 0
	case d > day:
		d = roundUp(d, time.Hour)
	case d > time.Hour:
		d = roundUp(d, time.Minute)
	default:
		d = roundUp(d, time.Second)
	}
	days, hours := int(d/day), int(d%day/time.Hour)
	minutes, seconds := int(d%time.Hour/time.Minute), int(d%time.Minute/time.Second)
	var parts []string
	if days > 0 {
		parts = append(parts, N(ctx, "%d day", "%d days", days))
	}
	if hours > 0 {
		parts = append(parts, N(ctx, "%d hour", "%d hours", hours))
	}
	if minutes > 0 {
		parts = append(parts, N(ctx, "%d minute", "%d minutes", minutes))
	}
	if seconds > 0 || len(parts) == 0 {
		parts = append(parts, N(ctx, "%d second", "%d seconds", seconds))
	}
	return List(ctx, parts)
}

// roundUp returns d as a whole number of units. A duration too near the largest there is to be
// rounded up stays below it.
func roundUp(d, unit time.Duration) time.Duration {
	rest := d % unit
	if rest == 0 {
		return d
	}
	if whole := d - rest + unit; whole > 0 {
		return whole
	}
	return d - rest
}

// List joins what stands in a sentence: "a, b and c".
func List(ctx context.Context, items []string) string {
	if len(items) == 0 {
		return ""
	}
	last := len(items) - 1
	if last == 0 {
		return items[0]
	}
	return C(ctx, "end of a list", "%s and %s", strings.Join(items[:last], C(ctx, "between items of a list", ", ")), items[last])
}
