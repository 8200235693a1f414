package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"
)

const (
	// firstLook and slowestLook bound how long a watched ingest is not looked
	// at: twice as long each time that nothing has changed.
	firstLook   = 250 * time.Millisecond
	slowestLook = 4 * time.Second
)

// Final tells whether a status is the end of an ingest. Only a retry leads
// away from it.
func (e IngestStatus) Final() bool {
	switch e {
	case IngestStatusCOMPLETED, IngestStatusSKIPPED, IngestStatusFAILED, IngestStatusCANCELLED:
		return true
	}
	return false
}

// Watch gives the ingest as it is, then each time that it has changed, until it
// has reached its end. It ends after the first error, that of the context
// included. While nothing changes the server is asked less and less often, and
// answers with a header alone.
func (c *Client) Watch(ctx context.Context, ingestID string) iter.Seq2[*IngestDetail, error] {
	return func(yield func(*IngestDetail, error) bool) {
		tag, wait := "", firstLook
		for {
			detail, newTag, err := c.getUnless(ctx, ingestID, tag)
			switch {
			case err != nil:
				yield(nil, err)
				return
			case detail == nil:
				wait = min(2*wait, slowestLook)
			default:
				tag, wait = newTag, firstLook
				if !yield(detail, nil) || detail.Status.Final() {
					return
				}
			}
			if err := pause(ctx, wait); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// Wait watches the ingest until it has reached its end, and gives it as it is
// then. That it failed is no error of Wait.
func (c *Client) Wait(ctx context.Context, ingestID string) (*IngestDetail, error) {
	var last *IngestDetail
	for detail, err := range c.Watch(ctx, ingestID) {
		if err != nil {
			return nil, fmt.Errorf("wait for ingest %s: %w", ingestID, err)
		}
		last = detail
	}
	return last, nil
}

// getUnless gives an ingest and its entity tag; nil while the tag is still the
// same.
func (c *Client) getUnless(ctx context.Context, ingestID, tag string) (*IngestDetail, string, error) {
	resp, err := c.api.GetIngest(ctx, ingestID, func(_ context.Context, r *http.Request) error {
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		return nil
	})
	if err == nil && resp.StatusCode == http.StatusNotModified {
		if tag == "" {
			return nil, "", errors.Join(errors.New("the server answered 304 to a request without condition"), resp.Body.Close())
		}
		return nil, tag, resp.Body.Close()
	}
	detail, err := decode[IngestDetail](resp, err)
	if err != nil {
		return nil, "", err
	}
	return detail, resp.Header.Get("ETag"), nil
}
