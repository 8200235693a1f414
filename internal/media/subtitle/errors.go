package subtitle

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// ErrNoCues is what a [LineError] is, by [errors.Is], when the file is read well
// but has no cue that is ever shown.
var ErrNoCues = errors.New("no cues")

// LineError tells what is wrong with a subtitle file, and where.
type LineError struct {
	Line    int    // counted from 1; 0 where it is the file as a whole
	Problem string // such as "the end 00:00:01.000 is before the start 00:00:02.000"

	noCues bool
}

// Is tells [ErrNoCues] from other errors.
func (e *LineError) Is(target error) bool { return e.noCues && target == ErrNoCues }

// Error implements error: "line 17: the end …".
func (e *LineError) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
}

func badLine(line int, format string, args ...any) error {
	return &LineError{Line: line, Problem: fmt.Sprintf(format, args...)}
}

// atLine puts a line to the LineError in err's chain, where it has none yet.
func atLine(line int, err error) error {
	var bad *LineError
	if errors.As(err, &bad) && bad.Line == 0 {
		return &LineError{Line: line, Problem: bad.Problem}
	}
	return err
}

// quote quotes what stands in a file, shortened.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return strconv.Quote(s)
}
