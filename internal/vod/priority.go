package vod

import (
	"strings"
	"time"
)

// Priority says which ingests go first where several wait.
type Priority string

// The priorities, first to last.
const (
	High   Priority = "HIGH"
	Normal Priority = "NORMAL"
	Low    Priority = "LOW"
)

// Priorities lists every priority, first to last.
func Priorities() []Priority { return []Priority{High, Normal, Low} }

// DueSoon is how long before it is due an ingest goes first, whatever its
// priority is.
const DueSoon = time.Hour

// PriorityAt is the priority that counts at the time: of what is due within
// [DueSoon], or overdue, it is High.
func (in Ingest) PriorityAt(now time.Time) Priority {
	switch {
	case !in.Due.IsZero() && !now.Before(in.Due.Add(-DueSoon)):
		return High
	case in.Priority == "":
		return Normal
	}
	return in.Priority
}

// ParsePriority reads a priority in whatever case; empty is Normal. Its error
// is an Invalid fault.
func ParsePriority(text string) (Priority, error) {
	if text == "" {
		return Normal, nil
	}
	for _, p := range Priorities() {
		if strings.EqualFold(text, string(p)) {
			return p, nil
		}
	}
	return "", Faultf(Invalid, "The priority %q is none of HIGH, NORMAL and LOW.", text)
}
