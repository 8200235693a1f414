package vod

// Labels with a meaning of their own. All others come from profiles.
const (
	LabelInitialInput  = "initialInput"  // the files as they were submitted
	LabelSkippedUpload = "skippedUpload" // read and compared, but not stored again
	KindHLS            = "HLS"
	KindDASH           = "DASH"
	KindSMIL           = "SMIL"
)

// Kinds lists the kind labels: the closed list that only step types set and
// that every output fileset inherits from the fileset it came from.
func Kinds() []string { return []string{KindHLS, KindDASH, KindSMIL} }

// Media types of files.
const (
	MediaVideo    = "VIDEO"
	MediaAudio    = "AUDIO"
	MediaSubtitle = "SUBTITLE"
	MediaImage    = "IMAGE"
	MediaSMIL     = "SMIL"
	MediaHLS      = "HLS"  // an HLS multivariant playlist
	MediaDASH     = "DASH" // a DASH manifest
	// MediaThumbnails is a WebVTT track of thumbnail sheets, for scrubbing.
	MediaThumbnails = "THUMBNAILS"
)

// File is one entry file of a fileset. Files that it refers to (segments,
// media playlists) stand in the inventory beside it, not here.
type File struct {
	MediaType string  `json:"mediaType"`
	Language  *string `json:"language"` // BCP 47, null when unknown
	URI       string  `json:"uri"`      // never holds user-info or a secret query
	MD5Sum    *string `json:"md5sum"`   // 32 lower-case hexadecimal digits
}

// Fileset is a group of files that belong together, with the labels that step
// filters select by. Key order is that of the Status API's page.
type Fileset struct {
	Files    []File    `json:"files"`
	Location *Location `json:"location,omitempty"`
	Labels   []string  `json:"labels"`
}

// Has tells whether the fileset carries the label.
func (f Fileset) Has(label string) bool {
	for _, l := range f.Labels {
		if l == label {
			return true
		}
	}
	return false
}

// OutputLabels are the labels of a fileset that a step makes out of f: the
// step's own label first (unless empty), then the kind labels that f carries.
// Nothing else is inherited.
func (f Fileset) OutputLabels(labelOut string) []string {
	labels := []string{}
	if labelOut != "" {
		labels = append(labels, labelOut)
	}
	for _, k := range Kinds() {
		if f.Has(k) {
			labels = append(labels, k)
		}
	}
	return labels
}
