package retrieval

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Digest identifies the set of (mediaType, language, MD5) of all files of the
// filesets: the same for any order and grouping. It is not ok when there is no
// file or the MD5 of one is not known.
func Digest(filesets []vod.Fileset) (digest string, ok bool) {
	var set []string
	for _, fs := range filesets {
		for _, f := range fs.Files {
			if f.MD5Sum == nil || *f.MD5Sum == "" {
				return "", false
			}
			set = append(set, digestElement(f))
		}
	}
	if len(set) == 0 {
		return "", false
	}
	slices.Sort(set)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(set), "\n")))
	return hex.EncodeToString(sum[:]), true
}

// digestElement is one element of the set as text without line breaks. An
// unknown language differs from every known one.
func digestElement(f vod.File) string {
	var language any
	if f.Language != nil {
		language = strings.ToLower(*f.Language) // BCP 47 tags ignore case
	}
	text, err := json.Marshal([]any{f.MediaType, language, strings.ToLower(*f.MD5Sum)})
	if err != nil { // strings and nil can always be marshalled
		panic(err)
	}
	return string(text)
}
