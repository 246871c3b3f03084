package locales

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// plain reports whether fmt says all of args as English needs them.
func plain(args []any) bool {
	for _, arg := range args {
		switch arg.(type) {
		case Message, time.Duration, time.Time, []string, float64:
			return false
		}
	}
	return true
}

// voice turns an argument into what fills its verb.
func (l *Locale) voice(ctx context.Context, arg any) any {
	switch a := arg.(type) {
	case Message:
		return a.In(ctx)
	case time.Duration:
		return Duration(ctx, a)
	case time.Time:
		return DateTime(ctx, a)
	case []string:
		return List(ctx, a)
	case float64:
		return figure{a, l}
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32:
		if l.digits != nil {
			return figure{a, l}
		}
	}
	return arg
}

// A figure is a number in a sentence. It is written in the locale's digits, and a float that
// holds a whole number is taken for one: that is all JSON leaves of an int.
type figure struct {
	value  any
	locale *Locale
}

// Format implements [fmt.Formatter].
func (f figure) Format(state fmt.State, verb rune) {
	value := f.value
	if x, ok := value.(float64); ok && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		switch verb {
		case 'd', 's', 'v':
			value, verb = int64(x), 'd'
		}
	}
	text := fmt.Sprintf(fmt.FormatString(state, verb), value)
	switch verb {
	case 'd', 'v', 'f', 'F', 'g', 'G':
		text = f.locale.digitsOf(text)
	}
	// State collects into fmt's own buffer, which cannot fail.
	_, _ = io.WriteString(state, text)
}

// digitsOf writes the figures of text as the locale does.
func (l *Locale) digitsOf(text string) string {
	if l.digits == nil {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		return l.digits[r-'0']
	}, text)
}
