// Package diff3 merges two changes of one text, line by line.
package diff3

import "slices"

// Names stand beside the marks of a conflict, as branches do in git.
type Names struct{ Yours, Ours string }

// A Merge is the text with both changes.
type Merge struct {
	Text []byte
	// Conflicts counts the places that hold both versions, between marks as git writes them.
	Conflicts int
}

// Three merges what yours and ours have each made of base. Only where both changed the same lines,
// and differently, do both versions stand, between marks.
//
// Every line that yours has and base lacks is in the result. Lines that end in CR LF are the same
// as lines that end in LF, and the result ends its lines as yours does.
func Three(base, yours, ours []byte, names Names) Merge {
	b, y, o := split(base), split(yours), split(ours)
	mine, theirs := changes(b.lines, y.lines), changes(b.lines, o.lines)
	w := writer{from: y, names: names}
	at, dy, do := 0, 0, 0 // a line of base, and how much further down yours and ours have it
	for len(mine) > 0 || len(theirs) > 0 {
		g := next(&mine, &theirs)
		w.keep(at+dy, g.from+dy)
		yoursIs := span{g.from + dy, g.to + dy + g.yours.grown}
		oursIs := span{g.from + do, g.to + do + g.ours.grown}
		switch added := o.lines[oursIs.from:oursIs.to]; {
		case !g.ours.changed || slices.Equal(y.lines[yoursIs.from:yoursIs.to], added):
			w.keep(yoursIs.from, yoursIs.to)
		case !g.yours.changed:
			w.add(added)
		default:
			w.conflict(yoursIs, added)
		}
		at, dy, do = g.to, dy+g.yours.grown, do+g.ours.grown
	}
	w.keep(at+dy, len(y.lines))
	open := y.open
	if b.open == y.open {
		open = o.open
	}
	return w.done(open)
}

type span struct{ from, to int }

// A group is a part of base that is settled as one, and what each side did there.
type group struct {
	span

	yours, ours side
}

type side struct {
	changed bool
	grown   int // lines more than base has
}

// next takes the changes that come first: one, or as many as are about the same lines. Changes that
// only touch are not: what stands between the lines of one and the lines of the other is clear.
func next(mine, theirs *[]change) group {
	var g group
	take := func(from *[]change, s *side) {
		c := (*from)[0]
		*from = (*from)[1:]
		if !g.yours.changed && !g.ours.changed {
			g.span = c.old
		}
		g.to = max(g.to, c.old.to)
		s.changed, s.grown = true, s.grown+c.grown()
	}
	if len(*theirs) == 0 || len(*mine) > 0 && (*mine)[0].before((*theirs)[0]) {
		take(mine, &g.yours)
	} else {
		take(theirs, &g.ours)
	}
	for {
		switch {
		case len(*mine) > 0 && g.meets((*mine)[0]):
			take(mine, &g.yours)
		case len(*theirs) > 0 && g.meets((*theirs)[0]):
			take(theirs, &g.ours)
		default:
			return g
		}
	}
}

// meets reports whether a change that comes later is about the same lines, or puts lines where
// others are put too.
func (g group) meets(c change) bool {
	return c.old.from < g.to || g.from == g.to && c.old == g.span
}
