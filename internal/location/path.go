package location

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

var (
	// uuidForm is what ids of ingests and tasks look like.
	uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	// keyForm is what media keys look like: 128 bits.
	keyForm = regexp.MustCompile(`^[0-9a-f]{32}$`)
	// tenantForm keeps separators, control characters and dot names out.
	tenantForm = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._@+-]{0,127}$`)
	// attemptForm is a positive number without leading zeros.
	attemptForm = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
)

// within tells whether path is folder or lies below it. Both are clean.
func within(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// canonical is path cleaned, with the symbolic links of its part that exists
// resolved. A path that cannot be looked at is given back cleaned: using it
// fails later with the reason.
func canonical(path string) string {
	path = filepath.Clean(path)
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path || !errors.Is(err, fs.ErrNotExist) {
		return path
	}
	return filepath.Join(canonical(parent), filepath.Base(path))
}

// How many elements lead from a location's folder to that of an attempt.
const (
	namedDepth = 4 // <tenant>/<ingestId>/<taskId>/<attempt>
	mediaDepth = 3 // <mediaKey>/<taskId>/<attempt>
)

// place is the folder of an attempt, found in a path.
type place struct {
	tree    tree   // of the location, or the one for inline locations
	rel     string // the attempt's folder in it, with slashes
	tenant  string // empty in the served media folder
	ingest  string // empty in the served media folder
	key     string // media key; empty elsewhere
	task    string
	attempt int
}

// show is the folder for people; on a disk, its path.
func (p place) show() string { return p.tree.show(p.rel) }

// placeInMedia finds <mediaKey>/<taskId>/<attempt> at the start of parts.
func placeInMedia(t tree, parts []string) (place, bool) {
	if len(parts) < mediaDepth || !keyForm.MatchString(parts[0]) || !uuidForm.MatchString(parts[1]) || !attemptForm.MatchString(parts[2]) {
		return place{}, false
	}
	n, err := strconv.Atoi(parts[2])
	return place{tree: t, rel: path.Join(parts[:mediaDepth]...), key: parts[0], task: parts[1], attempt: n}, err == nil
}

// placeAt finds <tenant>/<ingestId>/<taskId>/<attempt> at the start of parts.
func placeAt(t tree, parts []string) (place, bool) {
	if len(parts) < namedDepth || !tenantForm.MatchString(parts[0]) || !uuidForm.MatchString(parts[1]) ||
		!uuidForm.MatchString(parts[2]) || !attemptForm.MatchString(parts[3]) {
		return place{}, false
	}
	n, err := strconv.Atoi(parts[3])
	p := place{tree: t, rel: path.Join(parts[:namedDepth]...), tenant: parts[0], ingest: parts[1], task: parts[2], attempt: n}
	return p, err == nil
}

// placeBelow finds the same up to [inlineDepth] elements further down, where
// an inline location may be. The first hit counts: inline locations cannot lie
// within an attempt, see [Set.Resolve].
func placeBelow(t tree, parts []string) (place, bool) {
	for i := 0; i <= inlineDepth && i < len(parts); i++ {
		if p, ok := placeAt(t, parts[i:]); ok {
			p.rel = path.Join(append(append([]string{}, parts[:i]...), p.rel)...)
			return p, true
		}
	}
	return place{}, false
}

// split gives the elements of path below root; none if it is not below.
func split(root, path string) []string {
	rel, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return nil
	}
	return strings.Split(rel, string(filepath.Separator))
}
