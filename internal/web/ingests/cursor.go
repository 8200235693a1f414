package ingests

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const byCursor = "cursor"

// position is what stands in a cursor, as in those of the API.
type position struct {
	StartTime time.Time `json:"startTime"`
	IngestID  string    `json:"ingestId"`
}

// cursorOf leads to what follows the ingest in list order.
func cursorOf(in vod.Ingest) string {
	text, err := json.Marshal(position{StartTime: in.Start.UTC(), IngestID: in.ID})
	if err != nil {
		return "" // A year beyond 9999, which the store has none of.
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// placeOf reads the cursor of a query; nil: there is none.
func placeOf(query url.Values) (*store.Position, error) {
	cursor := query.Get(byCursor)
	if cursor == "" {
		return nil, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var p position
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || p.IngestID == "" || p.StartTime.IsZero() {
		return nil, vod.Faultf(vod.Invalid, "The cursor is broken: begin anew with the newest ingests.")
	}
	return &store.Position{Start: vod.Millis(p.StartTime), ID: p.IngestID}, nil
}
