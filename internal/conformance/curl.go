package conformance

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// curl writes a command line for a POSIX shell that repeats a request. The
// token is not in it: the shell puts in $TOKEN.
func curl(method, address string, header http.Header, body string) string {
	words := []string{"curl", "-i"}
	switch method {
	case http.MethodGet:
	case http.MethodHead:
		words = append(words, "-I")
	default:
		words = append(words, "-X", method)
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, v := range header[name] {
			switch {
			case name == "User-Agent":
			case name == "Authorization" && v != madeUpToken:
				words = append(words, "-H", `"Authorization: Bearer $TOKEN"`)
			default:
				words = append(words, "-H", quoted(name+": "+v))
			}
		}
	}
	if body != "" {
		words = append(words, "--data-raw", quoted(body))
	}
	return strings.Join(append(words, quoted(address)), " ")
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
