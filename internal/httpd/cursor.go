package httpd

import (
	"encoding/base64"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// maxCursorID is the longest id of an ingest in bytes; see the use case Import.
const maxCursorID = 255

// position is the text within a cursor: that of the last item of a page.
type position struct {
	StartTime api.Timestamp `json:"startTime"`
	IngestID  string        `json:"ingestId"`
}

// cursorOf is the cursor that leads to what follows the ingest in list order.
func cursorOf(in vod.Ingest) (string, error) {
	text, err := json.Marshal(position{StartTime: api.Timestamp{Time: in.Start}, IngestID: in.ID})
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(text), nil
}

// parseCursor reads a cursor in standard or URL-safe base64 (RFC 4648 sections
// 4 and 5), padded or not. A + that a query turned into a space is taken too.
func parseCursor(cursor *string) (*store.Position, error) {
	if cursor == nil {
		return nil, nil
	}
	standard := strings.NewReplacer("-", "+", "_", "/", " ", "+").Replace(strings.TrimRight(*cursor, "="))
	text, err := base64.RawStdEncoding.DecodeString(standard)
	if err != nil {
		return nil, badCursor()
	}
	var p position
	if err := json.Unmarshal(text, &p, json.RejectUnknownMembers(true)); err != nil {
		return nil, badCursor()
	}
	if p.IngestID == "" || len(p.IngestID) > maxCursorID || !isText(p.IngestID) || p.StartTime.IsZero() || !inYears(p.StartTime.Time) {
		return nil, badCursor()
	}
	return &store.Position{Start: vod.Millis(p.StartTime.Time), ID: p.IngestID}, nil
}

func badCursor() error {
	return badParameter("cursor", "is broken: give the cursor of the page before, or none to begin anew")
}
