package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
)

// watched is an ingest of which two steps are over after so many seconds.
type watched struct {
	begun        time.Time
	half, end    time.Duration
	asked, known int // requests, and those that were answered 304
}

func (w *watched) answer(r *http.Request) (*http.Response, error) {
	w.asked++
	progress, status := 0, client.IngestStatusRUNNING
	switch took := time.Since(w.begun); {
	case took >= w.end:
		progress, status = 100, client.IngestStatusFAILED
	case took >= w.half:
		progress = 50
	}
	tag := fmt.Sprintf(`W/"%d"`, progress)
	if r.Header.Get("If-None-Match") == tag {
		w.known++
		return answered(r, http.StatusNotModified, "", "ETag", tag), nil
	}
	return answered(r, 200, fmt.Sprintf(`{"ingestId":"i","progress":%d,"status":%q}`, progress, status), "ETag", tag), nil
}

func TestWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &watched{begun: time.Now(), half: 10 * time.Second, end: time.Minute}
		c := newClient(t, client.Options{}, w.answer)
		var seen []int
		for detail, err := range c.Watch(t.Context(), "i") {
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, detail.Progress)
		}
		if diff := cmp.Diff([]int{0, 50, 100}, seen); diff != "" {
			t.Error(diff)
		}
		if took := time.Since(w.begun); took > 64*time.Second {
			t.Errorf("the end was seen after %s", took)
		}
		if w.asked > 30 || w.known != w.asked-3 {
			t.Errorf("asked %d times, of which %d were answered 304", w.asked, w.known)
		}
	})
}

func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &watched{begun: time.Now(), half: time.Second, end: 2 * time.Second}
		c := newClient(t, client.Options{}, w.answer)
		got, err := c.Wait(t.Context(), "i")
		if err != nil || got.Status != client.IngestStatusFAILED {
			t.Errorf("%+v, %v", got, err)
		}
		w.end = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err = c.Wait(ctx, "i"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		for range c.Watch(t.Context(), "i") { // Whoever has seen enough may stop.
			break
		}
	})
}

func TestWaitForNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) {
		return answered(r, 404, `{"title":"Not Found","status":404,"detail":"There is no ingest i."}`), nil
	})
	var p *client.Problem
	if _, err := c.Wait(t.Context(), "i"); !errors.As(err, &p) || p.Status != 404 {
		t.Errorf("%v", err)
	}
}
