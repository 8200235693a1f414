package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

// TestEvents: connections end, and the next one goes on after the last event,
// or is told that something was missed.
func TestEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []string{
			"retry: 1500\n\nid: x-1\nevent: hello\ndata: {}\n\n" +
				"id: x-2\nevent: ingest\ndata: {\"ingestId\":\"i\",\"assetId\":\"7\",\"status\":\"RUNNING\",\"change\":\"created\"}\n\n:\nid: x-3\n\nid: cut",
			"id: x-3\nevent: hello\ndata: {}\n\nid: x-4\nevent: profile\ndata: {\"name\":\"p: q\",\"change\":\"created\"}\n\n",
			"id: y-1\nevent: reset\ndata: {}\n\nid: y-2\nevent: playback\ndata: {\"assetId\":\"7\",\"ingestId\":\"i\"}\n\nid: y-3\nevent: later\ndata: {}\n\n",
		}
		var asked []string
		c := newClient(t, client.Options{Tenant: "acme"}, func(r *http.Request) (*http.Response, error) {
			asked = append(asked, fmt.Sprint(r.URL.Path, "?", r.URL.RawQuery, " ", r.Header.Get("Last-Event-ID"), " ", r.Header.Get("X-Vimond-Tenant")))
			if len(asked) > len(answers) {
				return answered(r, 403, `{"status":403,"detail":"No more."}`), nil
			}
			return answered(r, 200, answers[len(asked)-1], "Content-Type", "text/event-stream"), nil
		})
		var seen []string
		var last error
		for e, err := range c.Events(t.Context(), client.EventFilter{AssetID: "7", IngestID: "i", After: "x-0"}) {
			switch {
			case err != nil:
				last = err
				continue
			case e.Ingest != nil:
				seen = append(seen, fmt.Sprint(e.ID, " ", *e.Ingest))
			case e.Profile != nil:
				seen = append(seen, fmt.Sprint(e.ID, " ", *e.Profile))
			case e.Playback != nil:
				seen = append(seen, fmt.Sprint(e.ID, " ", *e.Playback))
			default:
				seen = append(seen, fmt.Sprint(e.ID, " begun ", e.Begun, " reset ", e.Reset))
			}
		}
		var problem *client.Problem
		if !errors.As(last, &problem) || problem.Status != 403 {
			t.Errorf("it ended with %v", last)
		}
		want := []string{
			"x-1 begun true reset false", "x-2 {7 created i RUNNING}", "x-4 {created p: q}",
			"y-1 begun false reset true", "y-2 {7 i}", "y-3 begun false reset false",
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Error(diff)
		}
		var requests []string
		for _, after := range []string{"x-0", "x-3", "x-4", "y-3"} {
			requests = append(requests, "/base/events?assetId=7&ingestId=i "+after+" acme")
		}
		if diff := cmp.Diff(requests, asked); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEventsThatAreNone(t *testing.T) {
	t.Parallel()
	for kind, body := range map[string]string{
		"text/html":                        "<p>Sign in",
		"text/event-stream":                "event: ingest\ndata: {\n\n",
		"text/event-stream; charset=utf-8": "data: " + strings.Repeat("x", 2<<20),
	} {
		c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) {
			return answered(r, 200, body, "Content-Type", kind), nil
		})
		var last error
		for _, err := range c.Events(t.Context(), client.EventFilter{}) {
			last = err
		}
		if last == nil {
			t.Errorf("%s: no error", kind)
		}
	}
}

// TestEventsOfAServer follows a real one.
func TestEventsOfAServer(t *testing.T) {
	t.Parallel()
	c, _ := apptest.Serve(t)
	const profile = `{"distribution":[{"filesetFilter":"initialInput","filesetLabelOut":"a","distributionProfile":{"name":"x",` +
		`"type":"URL_REWRITE","sourceLocation":{"name":"s","type":"web","baseUrl":"https://s.example"},` +
		`"targetLocation":{"name":"a","type":"web","baseUrl":"https://a.example"}}}]}`
	for e, err := range c.Events(t.Context(), client.EventFilter{}) {
		switch {
		case err != nil:
			t.Fatal(err)
		case e.Begun:
			if _, err := c.ApplyProfile(t.Context(), "p", []byte(profile)); err != nil {
				t.Fatal(err)
			}
		case e.Profile != nil && e.Profile.Name == "p" && e.Profile.Change == client.EventChangeCreated:
			return
		default:
			t.Errorf("%+v", e)
		}
	}
}
