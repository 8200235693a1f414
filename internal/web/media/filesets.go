package media

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// inputFilesets are what a task was given; none before it began, and none of an
// imported task whose system writes them otherwise.
func inputFilesets(t vod.Task) []vod.Fileset {
	var in vod.TaskInput
	if len(t.Input) == 0 || json.Unmarshal(t.Input, &in) != nil {
		return nil
	}
	return in.Filesets
}

// key is the same for filesets with the same labels and files.
func key(set vod.Fileset) string {
	h := sha256.New()
	e := json.NewEncoder(h)
	_ = e.Encode(set.Labels) // A hash takes everything, and lists of texts can be written.
	for _, f := range set.Files {
		_ = e.Encode(f.URI)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
