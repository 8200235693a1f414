package orchestrate

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Limits of a submission.
const (
	maxFiles    = 1000
	maxName     = 255 // bytes of an id or a name
	maxURI      = 4096
	maxLanguage = 35 // RFC 5646, section 4.4.1
)

var (
	md5Form      = regexp.MustCompile(`^[0-9a-f]{32}$`)
	languageForm = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)
	uploadForm   = regexp.MustCompile(`^upload:[0-9a-f]{32}$`)
)

// CheckAssetID tells what is wrong with an asset's id: a [vod.Fault], or nil.
func CheckAssetID(id string) error {
	switch {
	case id == "":
		return vod.Faultf(vod.Unusable, "assetId is missing.")
	case !isName(id):
		return vod.Faultf(vod.Unusable, "assetId must have at most %d bytes of UTF-8 and no control characters.", maxName)
	}
	return nil
}

// isName tells whether a text can be an id or a name: short, and without what
// breaks a line or makes it read other than it is (Unicode TR 36, section 2.5).
func isName(text string) bool {
	return len(text) <= maxName && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	})
}

func isNoName(text string) bool { return !isName(text) }

// checkFilesets gives the filesets as they are kept and shown, and the
// addresses to read where those differ. It reports every problem at once.
func checkFilesets(given []vod.Fileset) ([]vod.Fileset, map[string]string, error) {
	c := sourceCheck{sources: map[string]string{}}
	if files := countFiles(given); files > maxFiles {
		// Not a problem for each of them: that would be an answer of megabytes.
		c.refuse("/filesets", fmt.Sprintf("an ingest has at most %d files", maxFiles))
		return nil, nil, c.fault()
	}
	kept := make([]vod.Fileset, 0, len(given))
	for i, fs := range given {
		out := vod.Fileset{Files: []vod.File{}, Labels: []string{vod.LabelInitialInput}}
		for j, f := range fs.Files {
			out.Files = append(out.Files, c.file(f, fmt.Sprintf("/filesets/%d/files/%d", i, j)))
		}
		if len(fs.Files) == 0 {
			c.refuse(fmt.Sprintf("/filesets/%d/files", i), "a fileset needs a file")
		}
		kept = append(kept, out)
	}
	if len(given) == 0 {
		c.refuse("/filesets", "an ingest needs a file")
	}
	if len(c.problems) > 0 {
		return nil, nil, c.fault()
	}
	return kept, c.sources, nil
}

// countFiles counts a fileset without files as one: it is told like one.
func countFiles(filesets []vod.Fileset) (n int) {
	for _, fs := range filesets {
		n += max(1, len(fs.Files))
	}
	return n
}

type sourceCheck struct {
	sources  map[string]string
	problems []vod.FieldProblem
}

func (c *sourceCheck) fault() *vod.Fault {
	first := c.problems[0]
	return &vod.Fault{
		Code: vod.Unusable, Message: fmt.Sprintf("The files cannot be used: %s: %s.", first.Path, first.Message), Problems: c.problems,
	}
}

func (c *sourceCheck) refuse(path, message string) {
	c.problems = append(c.problems, vod.FieldProblem{Path: path, Message: message})
}

func (c *sourceCheck) file(f vod.File, path string) vod.File {
	if f.MediaType == "" {
		f.MediaType = vod.MediaVideo
	}
	if known := []string{vod.MediaVideo, vod.MediaAudio, vod.MediaSubtitle, vod.MediaSMIL}; !slices.Contains(known, f.MediaType) {
		c.refuse(path+"/mediaType", fmt.Sprintf("must be one of %s", strings.Join(known, ", ")))
	}
	if f.Language != nil && (len(*f.Language) > maxLanguage || !languageForm.MatchString(*f.Language)) {
		c.refuse(path+"/language", "must be a language tag, such as en or pt-BR")
	}
	if f.MD5Sum != nil {
		lower := strings.ToLower(*f.MD5Sum)
		f.MD5Sum = &lower
		if !md5Form.MatchString(lower) {
			c.refuse(path+"/md5sum", "must be 32 hexadecimal digits")
		}
	}
	shown, problem := c.uri(f.URI)
	if problem != "" {
		c.refuse(path+"/uri", problem)
	}
	f.URI = shown
	return f
}

// uri checks an address and gives the form in which it is shown: without a
// query, which may hold a signature.
func (c *sourceCheck) uri(raw string) (shown, problem string) {
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return "", "is missing"
	case len(raw) > maxURI:
		return "", fmt.Sprintf("must have at most %d bytes", maxURI)
	case err != nil:
		return "", "is not an address that can be read; spaces and other special characters are written as %20 and so on"
	case u.User != nil:
		return "", "must not hold a user name or password"
	case u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return "", "must not hold a fragment; a # in a file name is written %23"
	}
	switch u.Scheme {
	case "http", "https":
		if u.Hostname() == "" {
			return "", "has no host"
		}
		if port := u.Port(); port != "" && !isPort(port) {
			return "", "has a port that is not from 1 to 65535"
		}
		return c.hideQuery(u), ""
	case "file":
		if u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") || u.RawQuery != "" {
			return "", "must be file: with an absolute path"
		}
		return raw, ""
	case "upload":
		if !uploadForm.MatchString(raw) {
			return "", "must be upload: with the id of an upload"
		}
		return raw, ""
	case "s3":
		if u.Host == "" || u.Port() != "" || len(u.Path) < 2 || u.RawQuery != "" {
			return "", "must be s3: with a bucket and a key, like s3://bucket/folder/film.mp4"
		}
		return raw, ""
	}
	return "", "must be an http:, https:, s3:, file: or upload: address"
}

func isPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return err == nil && port > 0
}

// hideQuery remembers the real address under the shown one, which is made
// unique: two files may differ in their queries alone.
func (c *sourceCheck) hideQuery(u *url.URL) string {
	if u.RawQuery == "" {
		return u.String()
	}
	bare := *u
	bare.RawQuery = ""
	shown := bare.String() + "?…"
	for n := 2; c.sources[shown] != "" && c.sources[shown] != u.String(); n++ {
		shown = fmt.Sprintf("%s?…%d", bare.String(), n)
	}
	c.sources[shown] = u.String()
	return shown
}
