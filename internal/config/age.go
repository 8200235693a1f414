package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxAge is a hundred years: more is a slip of the pen, and would overflow soon.
const maxAge = 100 * 365 * 24 * time.Hour

// Age is for how long something is kept; 0 is for ever. It is written as a time
// such as 36h, or as whole days such as 90d.
type Age time.Duration

// UnmarshalText reads an age such as "90d".
func (a *Age) UnmarshalText(text []byte) error {
	var age time.Duration
	var err error
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		var n uint64
		if n, err = strconv.ParseUint(days, 10, 16); err == nil {
			age = time.Duration(n) * 24 * time.Hour
		}
	} else {
		age, err = time.ParseDuration(string(text))
	}
	if err != nil || age < 0 || age > maxAge {
		return fmt.Errorf("%q is not a time such as 36h or 90d, or 0 for ever", text)
	}
	*a = Age(age)
	return nil
}

// MarshalText writes what UnmarshalText reads as the same.
func (a Age) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// String writes whole days as days.
func (a Age) String() string {
	const day = Age(24 * time.Hour)
	if a > 0 && a%day == 0 {
		return strconv.Itoa(int(a/day)) + "d"
	}
	return time.Duration(a).String()
}
