package retrieval

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/location"
)

// How many bytes the name of a file, and its extension, may have. File systems
// take 255; steps after this one add suffixes.
const (
	maxName      = 200
	maxExtension = 16
)

// safeName makes a file name out of the last element of a decoded path. It
// keeps what people gave their files, such as spaces and letters of any
// script.
func safeName(name string) string {
	name = path.Base("/" + strings.TrimRight(name, "/"))
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == utf8.RuneError || !unicode.IsPrint(r) && r != ' ' {
			return '_'
		}
		return r
	}, name)
	if strings.Trim(name, "._ ") == "" {
		return "source"
	}
	if name[0] == '.' || name[0] == '-' { // hidden, or taken for an option
		name = "_" + name
	}
	return shortened(name, maxName)
}

// shortened cuts a name to at most size bytes, keeping its extension.
func shortened(name string, size int) string {
	if len(name) <= size {
		return name
	}
	ext := extension(name)
	base := name[:size-len(ext)]
	for !utf8.ValidString(base) {
		base = base[:len(base)-1]
	}
	return base + ext
}

// extension is the name's extension with its dot; a longer one than any that
// is in use counts as none.
func extension(name string) string {
	if ext := path.Ext(name); len(ext) <= maxExtension {
		return ext
	}
	return ""
}

// names are those given out in a folder. Case does not tell two apart, since
// the files may come to be on file systems where it does not.
type names map[string]bool

// add gives a safe name that is not taken yet.
func (n names) add(wanted string) string {
	name := safeName(wanted)
	ext := extension(name)
	for i := 2; n[strings.ToLower(name)] || strings.EqualFold(name, location.InventoryName); i++ {
		suffix := fmt.Sprintf("-%d%s", i, ext)
		base := strings.TrimSuffix(safeName(wanted), ext)
		name = shortened(base, maxName-len(suffix)) + suffix
	}
	n[strings.ToLower(name)] = true
	return name
}
