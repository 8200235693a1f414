package vod

import (
	"encoding/json"
	"time"
)

// Ingest is one run of one asset's files through the pipeline.
type Ingest struct {
	ID             string // UUID
	Tenant         string
	AssetID        string
	ProfileName    string
	ProfileVersion int64 // milliseconds since 1970: when that version was applied
	Status         IngestStatus
	Progress       int       // 0..100, never lowered; 100 only when COMPLETED (imports keep theirs)
	Start          time.Time // when it was accepted; never changes
	End            time.Time // zero until final
	Error          string    // empty, or a sentence a person can act on
	MediaTypes     []string

	// Input is the `input` object of the detail document, as the JSON text
	// that is given back. Lists leave it empty.
	Input json.RawMessage

	// Priority says what goes first among what waits; empty is Normal.
	Priority Priority
	// Due is when it should be done; zero: nobody waits for it.
	Due time.Time
	// Trace is the W3C traceparent of the request that submitted it, so that what
	// is done for it in any process is one trace; empty: none.
	Trace string

	Force    bool // do the work even if the files are known
	Imported bool // history of another system: never run, cancelled or retried
	HasInput bool // false for an import that was only a list item so far
	// Removed is when what the tasks had put out was given up, because another
	// ingest had served the asset for long enough; zero before. The store sets it.
	Removed  time.Time
	MediaKey string // 128 random bits in hexadecimal: the ingest's folder below /media/

	// InputDigest identifies the set of (mediaType, language, MD5) of the
	// input files once RETRIEVAL has read them; empty before.
	InputDigest string
	// Sources maps each file address as shown in documents to the address to
	// read, where the two differ (a query that may hold a signature).
	Sources map[string]string
}

// Now is the time of t in the precision of the Status API.
func Now() time.Time { return Millis(time.Now()) }

// Millis cuts t to UTC and whole milliseconds.
func Millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
