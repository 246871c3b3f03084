package po

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Verbs lists the verb that format uses for each argument of fmt.Sprintf, 0 for an argument that
// it skips. Widths and precisions are free. Two things of fmt's are refused: the space flag, since
// whoever writes "100% sure" means none, and a width taken from an argument ("%*d"), which no
// translator can be expected to keep.
func Verbs(format string) ([]rune, error) {
	var verbs []rune
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		i++
		i += span(format[i:], "+-#0123456789.")
		if i < len(format) && format[i] == '[' {
			digits := span(format[i+1:], "0123456789")
			index, end := 0, i+1+digits
			// Two digits are more arguments than any sentence has.
			if digits == 0 || digits > 2 || end >= len(format) || format[end] != ']' {
				return nil, errors.New("has a broken [index] after a %")
			}
			for _, digit := range format[i+1 : end] {
				index = index*10 + int(digit-'0')
			}
			if index == 0 {
				return nil, errors.New("has the index [0], and arguments count from 1")
			}
			next, i = index-1, end+1
		}
		if i >= len(format) {
			return nil, errors.New("ends in a broken verb; a percent sign is written %%")
		}
		verb, size := utf8.DecodeRuneInString(format[i:])
		i += size - 1
		if verb == '%' {
			continue
		}
		if !strings.ContainsRune("vTtbcdoOqxXUeEfFgGsp", verb) {
			return nil, fmt.Errorf("has %%%c, which is no verb; a percent sign is written %%%%", verb)
		}
		if missing := next + 1 - len(verbs); missing > 0 {
			verbs = append(verbs, make([]rune, missing)...)
		}
		if before := verbs[next]; before != 0 && before != verb {
			return nil, fmt.Errorf("uses argument %d both as %%%c and as %%%c", next+1, before, verb)
		}
		verbs[next] = verb
		next++
	}
	return verbs, nil
}

func span(s, set string) int {
	return len(s) - len(strings.TrimLeft(s, set))
}

// sameVerbs says how the verbs of a translation differ from those of the English. With omit, the
// translation may leave verbs out.
func sameVerbs(english, translation string, omit bool) error {
	want, err := Verbs(english)
	if err != nil {
		return fmt.Errorf("the English %w", err)
	}
	got, err := Verbs(translation)
	if err != nil {
		return fmt.Errorf("the translation %w", err)
	}
	if slices.Equal(got, want) {
		return nil
	}
	for i, verb := range got {
		switch {
		case verb == 0:
		case i >= len(want) || want[i] == 0:
			return fmt.Errorf("the translation has a verb for argument %d, %%%c, that the English lacks", i+1, verb)
		case verb != want[i]:
			return fmt.Errorf("the translation says argument %d as %%%c, the English as %%%c", i+1, verb, want[i])
		}
	}
	for i, verb := range want {
		if !omit && verb != 0 && (i >= len(got) || got[i] == 0) {
			return fmt.Errorf("the translation leaves out argument %d, %%%c", i+1, verb)
		}
	}
	return nil
}
