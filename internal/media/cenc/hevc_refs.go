package cenc

import (
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/media/bitio"
)

// refSet is a short-term reference picture set: the pictures before and after
// in presentation, nearest first, by their distance (ISO/IEC 23008-2, 7.4.8).
type refSet struct{ before, after []refPicture }

type refPicture struct {
	delta int
	used  bool // by the current picture
}

func (s refSet) count() int { return len(s.before) + len(s.after) }

// used is how many pictures the current one may refer to.
func (s refSet) used() int {
	n := 0
	for _, p := range slices.Concat(s.before, s.after) {
		if p.used {
			n++
		}
	}
	return n
}

// readRefSet reads st_ref_pic_set with that index (7.3.7), where the earlier
// ones are those of the sequence. In a slice header its index is their number.
func readRefSet(r *bitio.Reader, index int, earlier []refSet, inSlice bool) refSet {
	if index == 0 || !r.Flag() {
		return readRefDeltas(r)
	}
	back := 1
	if inSlice {
		back = r.UpTo(index-1) + 1
	}
	sign := r.Bit()
	delta := (1 - 2*sign) * (r.UpTo(1<<15-1) + 1)
	from := earlier[index-back]
	flags := make([]struct{ used, use bool }, from.count()+1)
	for i := range flags {
		flags[i].used = r.Flag()
		flags[i].use = flags[i].used || r.Flag()
	}
	// Equations 7-61 and 7-62: the pictures of the other set, by their distance
	// from this one, and the other picture itself.
	var out refSet
	add := func(d, flag int) {
		if !flags[flag].use {
			return
		}
		switch p := (refPicture{d, flags[flag].used}); {
		case d < 0:
			out.before = append(out.before, p)
		case d > 0:
			out.after = append(out.after, p)
		}
	}
	negatives := len(from.before)
	side := func(negative bool) {
		one := func(d, flag int) {
			if d != 0 && (d < 0) == negative {
				add(d, flag)
			}
		}
		far, near := from.after, from.before
		farAt, nearAt := negatives, 0
		if !negative {
			far, near = from.before, from.after
			farAt, nearAt = 0, negatives
		}
		for i := len(far) - 1; i >= 0; i-- {
			one(far[i].delta+delta, farAt+i)
		}
		one(delta, len(flags)-1)
		for i, p := range near {
			one(p.delta+delta, nearAt+i)
		}
	}
	side(true)
	side(false)
	if out.count() > maxRefs {
		r.Short = true
	}
	return out
}

// maxRefs is the most pictures of a set, those of a full picture buffer.
const maxRefs = 16

func readRefDeltas(r *bitio.Reader) refSet {
	before, after := r.UpTo(maxRefs), r.UpTo(maxRefs)
	read := func(n, sign int) []refPicture {
		var out []refPicture
		at := 0
		for range n {
			at += sign * (r.UpTo(1<<15-1) + 1)
			out = append(out, refPicture{at, r.Flag()})
		}
		return out
	}
	return refSet{before: read(before, -1), after: read(after, 1)}
}
