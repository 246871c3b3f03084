package po

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxExpression bounds a plural expression; Arabic, the longest in use, needs 130 characters.
const maxExpression = 1000

// maxForms bounds nplurals; Arabic, again the most, has six.
const maxForms = 9

// A Plural is the rule by which a language counts: which of its forms fits n. The zero Plural
// counts as English does.
type Plural struct {
	forms int
	rule  expression
	// fits counts the numbers below a thousand that take each form.
	fits [maxForms]int
}

// An expression is a part of a Plural-Forms header, compiled.
type expression func(n int) int

// ParsePlural reads the value of a Plural-Forms header, "nplurals=2; plural=(n > 1);".
func ParsePlural(header string) (Plural, error) {
	count, rule, found := strings.Cut(header, ";")
	name, number, _ := strings.Cut(count, "=")
	variable, source, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(rule), ";"), "=")
	if !found || strings.TrimSpace(name) != "nplurals" || strings.TrimSpace(variable) != "plural" {
		return Plural{}, fmt.Errorf("header Plural-Forms is %q, not \"nplurals=…; plural=…;\"", header)
	}
	forms, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || forms < 1 || forms > maxForms {
		return Plural{}, fmt.Errorf("header Plural-Forms has nplurals=%s, not a number from 1 to %d", number, maxForms)
	}
	if len(source) > maxExpression {
		return Plural{}, fmt.Errorf("header Plural-Forms is longer than %d characters", maxExpression)
	}
	p := &parser{rest: source}
	compiled, err := p.ternary()
	if err == nil && p.peek() != 0 {
		err = fmt.Errorf("%q is left over", p.rest)
	}
	if err != nil {
		return Plural{}, fmt.Errorf("header Plural-Forms, plural=%s: %w", source, err)
	}
	plural := Plural{forms: forms, rule: compiled}
	for n := range 1000 {
		form := compiled(n)
		if form < 0 || form >= forms {
			return Plural{}, fmt.Errorf("header Plural-Forms gives form %d for n=%d, and there are %d", form, n, forms)
		}
		plural.fits[form]++
	}
	return plural, nil
}

// Forms is how many forms there are.
func (p Plural) Forms() int {
	if p.rule == nil {
		return 2
	}
	return p.forms
}

// Form returns which form fits n, which is not negative.
func (p Plural) Form(n int) int {
	if p.rule == nil {
		return truth(n != 1)
	}
	// Every rule in use repeats itself within the thousand that ParsePlural tries; one that does
	// not must still name a form that is there.
	return min(max(p.rule(n), 0), p.forms-1)
}

// single reports whether a form fits one number alone, so that it may spell that number out.
func (p Plural) single(form int) bool {
	if p.rule == nil {
		return form == 0
	}
	return p.fits[form] == 1
}

// A parser reads the C expressions that Plural-Forms is written in.
type parser struct {
	rest string
}

// levels are the binary operators, from those that bind least to those that bind most.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}

func (p *parser) peek() byte {
	p.rest = strings.TrimLeft(p.rest, " \t")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

// eat moves past token if it comes next.
func (p *parser) eat(token string) bool {
	p.peek()
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

func (p *parser) ternary() (expression, error) {
	condition, err := p.binary(0)
	if err != nil || !p.eat("?") {
		return condition, err
	}
	yes, err := p.ternary()
	if err != nil {
		return nil, err
	}
	if !p.eat(":") {
		return nil, errors.New("a question mark has no colon")
	}
	no, err := p.ternary()
	if err != nil {
		return nil, err
	}
	return func(n int) int {
		if condition(n) != 0 {
			return yes(n)
		}
		return no(n)
	}, nil
}

func (p *parser) binary(level int) (expression, error) {
	if level == len(levels) {
		return p.operand()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
next:
	for {
		for _, operator := range levels[level] {
			if !p.eat(operator) {
				continue
			}
			right, err := p.binary(level + 1)
			if err != nil {
				return nil, err
			}
			left = combine(operator, left, right)
			continue next
		}
		return left, nil
	}
}

func (p *parser) operand() (expression, error) {
	switch c := p.peek(); {
	case p.eat("!"):
		operand, err := p.operand()
		if err != nil {
			return nil, err
		}
		return func(n int) int { return truth(operand(n) == 0) }, nil
	case p.eat("("):
		inner, err := p.ternary()
		if err != nil {
			return nil, err
		}
		if !p.eat(")") {
			return nil, errors.New("a ( is never closed")
		}
		return inner, nil
	case p.eat("n"):
		return func(n int) int { return n }, nil
	case c >= '0' && c <= '9':
		digits := span(p.rest, "0123456789")
		value, err := strconv.ParseInt(p.rest[:digits], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%s is too large", p.rest[:digits])
		}
		p.rest = p.rest[digits:]
		return func(int) int { return int(value) }, nil
	}
	return nil, fmt.Errorf("a number or n is missing before %q", p.rest)
}

func combine(operator string, left, right expression) expression {
	switch operator {
	case "||":
		return func(n int) int { return truth(left(n) != 0 || right(n) != 0) }
	case "&&":
		return func(n int) int { return truth(left(n) != 0 && right(n) != 0) }
	case "==":
		return func(n int) int { return truth(left(n) == right(n)) }
	case "!=":
		return func(n int) int { return truth(left(n) != right(n)) }
	case "<=":
		return func(n int) int { return truth(left(n) <= right(n)) }
	case ">=":
		return func(n int) int { return truth(left(n) >= right(n)) }
	case "<":
		return func(n int) int { return truth(left(n) < right(n)) }
	case ">":
		return func(n int) int { return truth(left(n) > right(n)) }
	case "+":
		return func(n int) int { return left(n) + right(n) }
	case "-":
		return func(n int) int { return left(n) - right(n) }
	case "*":
		return func(n int) int { return left(n) * right(n) }
	case "/":
		return func(n int) int { return divide(left(n), right(n), func(a, b int) int { return a / b }) }
	default:
		return func(n int) int { return divide(left(n), right(n), func(a, b int) int { return a % b }) }
	}
}

// divide gives -1, which is no form, where C would crash.
func divide(a, b int, by func(a, b int) int) int {
	if b == 0 {
		return -1
	}
	return by(a, b)
}

func truth(is bool) int {
	if is {
		return 1
	}
	return 0
}
