package config

import (
	"fmt"
	"reflect"

	"github.com/alecthomas/kong"
)

// tryValue parses a value as the flag would, into nowhere, and tells what is
// wrong with it. origin says where it stands.
func tryValue(flag *kong.Flag, value any, origin string) []string {
	_, isList := value.([]any)
	wantsList := flag.IsSlice()
	if !isList || wantsList {
		target := reflect.New(flag.Target.Type()).Elem()
		if flag.Parse(kong.Scan().PushTyped(value, kong.FlagValueToken), target) == nil {
			return nil
		}
	}
	wants := flag.Tag.Get("wants")
	if wants == "" {
		wants = "a single text"
	}
	if isList {
		return []string{fmt.Sprintf("%s (%s): %v is not %s", flag.Name, origin, value, wants)}
	}
	return []string{fmt.Sprintf("%s (%s): %q is not %s", flag.Name, origin, value, wants)}
}
