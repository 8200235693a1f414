package submit

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// Limits of a form.
const (
	maxBody  = 8 << 20 // bytes
	maxFiles = 1000    // as an ingest has them at most
	maxName  = 255     // bytes of a file's name, which systems allow no more of either
)

var (
	// keyForm is how a file is identified in the form.
	keyForm = regexp.MustCompile(`^[a-z0-9]{1,40}$`)
	// nonceForm is how a page identifies itself.
	nonceForm = regexp.MustCompile(`^[a-f0-9-]{36}$`)
)

// form is what was chosen so far.
type form struct {
	Nonce   string // of the page; part of the idempotency keys
	Profile string
	Force   bool
	Turn    orchestrate.Schedule
	Files   []entry
	Assets  map[string]string // by the key of a group's lead
}

// entry is the row of a file.
type entry struct {
	File
	Size     int64  // bytes; 0: not known
	URI      string // empty: not uploaded yet
	Language string // without marks
	Marks    string // "", "forced", "sdh" or "forced-sdh"
	// Read tells that language and marks have been read from the name, and are the
	// person's since then.
	Read bool
	Note string // why the address is not there; the key of a text
}

// Upload tells that the file comes from the browser.
func (e entry) Upload() bool { return strings.HasPrefix(e.Key, "f") }

// tag is the language with the marks, as an ingest has it.
func (e entry) tag() *string {
	tag := strings.TrimSpace(e.Language)
	if e.Marks != "" {
		tag = strings.TrimPrefix(tag+"-x-"+e.Marks, "-")
	}
	if tag == "" {
		return nil
	}
	return &tag
}

// readForm reads the form, with the addresses that stand one a line in its field.
func readForm(w http.ResponseWriter, r *page.Request) (form, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return form{}, vod.Faultf(vod.Invalid, "The form could not be read: %v.", err)
	}
	v := r.PostForm
	f := form{Nonce: v.Get("nonce"), Profile: v.Get("profile"), Force: v.Get("force") != "", Assets: map[string]string{}}
	if !nonceForm.MatchString(f.Nonce) {
		f.Nonce = uuid.NewString()
	}
	f.Turn.Priority = vod.Priority(v.Get("priority"))
	var err error
	if f.Turn.Due, err = page.ParseMoment(v.Get("due")); err != nil {
		return form{}, err
	}
	for _, key := range v["file"] {
		if !keyForm.MatchString(key) || f.has(key) || key == v.Get("remove") {
			continue
		}
		if id, ok := v["asset."+key]; ok {
			f.Assets[key] = strings.TrimSpace(id[0])
		}
		f.Files = append(f.Files, readEntry(key, v))
	}
	for line := range strings.Lines(v.Get("urls")) {
		if len(f.Files) > maxFiles {
			break // Looking for doubles among many more would take minutes.
		}
		f.address(strings.TrimSpace(line))
	}
	if len(f.Files) > maxFiles {
		return form{}, vod.Faultf(vod.Unusable, "There are more than %d files; submit at most so many at a time.", maxFiles)
	}
	return f, nil
}

// short is a name no longer than it may be: every name is compared with all
// others.
func short(name string) string {
	if len(name) <= maxName {
		return name
	}
	return strings.ToValidUTF8(name[:maxName], "")
}

func readEntry(key string, v url.Values) entry {
	e := entry{
		File: File{Key: key, Name: short(v.Get("name." + key)), Kind: v.Get("kind." + key), With: v.Get("with." + key)},
		URI:  strings.TrimSpace(v.Get("uri." + key)), Language: v.Get("language." + key), Marks: v.Get("marks." + key),
		Read: v.Has("language." + key), Note: v.Get("note." + key),
	}
	e.Size, _ = strconv.ParseInt(v.Get("size."+key), 10, 64) // only shown
	if !slices.Contains(kinds(), e.Kind) {
		e.Kind = kindOf(e.Name)
	}
	if !slices.Contains(marks(), e.Marks) {
		e.Marks = ""
	}
	return e
}

func kinds() []string {
	return []string{vod.MediaVideo, vod.MediaAudio, vod.MediaSubtitle, vod.MediaSMIL}
}

func marks() []string { return []string{"", "forced", "sdh", "forced-sdh"} }

func (f *form) has(key string) bool {
	return slices.ContainsFunc(f.Files, func(e entry) bool { return e.Key == key })
}

// address adds a row for an address, if it has none. Its key is made of the
// address, so that a line that comes twice is one file.
func (f *form) address(uri string) {
	sum := sha256.Sum256([]byte(uri))
	key := "u" + hex.EncodeToString(sum[:8])
	if uri == "" || f.has(key) {
		return
	}
	name := fileName(uri)
	f.Files = append(f.Files, entry{File: File{Key: key, Name: short(name), Kind: kindOf(name)}, URI: uri})
}

// set is a group of the form with what was chosen for it.
type set struct {
	Lead    string
	Files   []entry
	Late    bool
	Asset   string
	Problem string // with the asset id
	Twice   bool   // another group has the same asset id
}

// sets matches the files, and fills in what people have not chosen themselves.
func (f *form) sets() []set {
	files := make([]File, len(f.Files))
	byKey := map[string]*entry{}
	for i := range f.Files {
		files[i], byKey[f.Files[i].Key] = f.Files[i].File, &f.Files[i]
	}
	var all []set
	for _, g := range Match(files) {
		s := set{Lead: g.Lead, Late: g.Late}
		for _, m := range g.Files {
			e := byKey[m.Key]
			if !e.Read {
				e.readTag(m.Tag)
			}
			s.Files = append(s.Files, *e)
		}
		asset, given := f.Assets[g.Lead]
		if s.Asset = asset; !given && !g.Late {
			s.Asset = suggest(g.Files[0].Name)
		}
		all = append(all, s)
	}
	return all
}

// readTag takes the language and marks that a name tells.
func (e *entry) readTag(tag string) {
	public, private, marked := strings.Cut(tag, "-x-")
	if rest, ok := strings.CutPrefix(tag, "x-"); ok {
		public, private, marked = "", rest, true
	}
	e.Language, e.Read = public, true
	if private = strings.TrimSuffix(private, "-default"); marked && slices.Contains(marks(), private) {
		e.Marks = private
	}
}
