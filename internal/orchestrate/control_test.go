package orchestrate_test

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestOtherTenantsIngests(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit()
	s.run(id)
	failed := s.submit(func(sub *orchestrate.Submission) { sub.AssetID = "2" })
	s.failures["FFMPEG"] = badMedia()
	s.run(failed)
	s.woken = nil
	const other = "other"
	for name, act := range map[string]func() error{
		"get":      func() error { _, err := s.Get(t.Context(), as(other), id); return err },
		"steps":    func() error { _, err := s.Steps(t.Context(), as(other), id); return err },
		"task":     func() error { _, err := s.Task(t.Context(), as(other), id, s.get(id).Tasks[0].ID); return err },
		"cancel":   func() error { return s.Cancel(t.Context(), as(other), id) },
		"retry":    func() error { return s.Retry(t.Context(), as(other), failed) },
		"delete":   func() error { return s.Delete(t.Context(), as(other), id) },
		"asset":    func() error { return s.DeleteAsset(t.Context(), as(other), "1") },
		"playback": func() error { _, err := s.Playback(t.Context(), as(other), "1"); return err },
		"select":   func() error { _, err := s.PlaybackSelect(t.Context(), as(other), "1", id); return err },
	} {
		if err := act(); vod.CodeOf(err) != vod.NotFound {
			t.Errorf("%s gives %v", name, err)
		}
	}
	s.equal("status", s.get(failed).Ingest.Status, vod.Failed)
	if len(s.woken)+len(s.removed) > 0 {
		t.Errorf("woken %v, removed %v", s.woken, s.removed)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit()
	s.runFirst(id, 1)
	s.ok(s.Cancel(t.Context(), as(tenant), id))
	s.equal("after the cancel", statuses(s.get(id)), []string{"CANCELLED", "COMPLETED", "CANCELLED", "CANCELLED"})
	s.ok(s.Cancel(t.Context(), as(tenant), id)) // Again is no error.

	over := s.submit()
	s.run(over)
	s.refused(s.Cancel(t.Context(), as(tenant), over), vod.Conflict)
	s.refused(s.Cancel(t.Context(), as(tenant), "unknown"), vod.NotFound)
}

func TestRetryFailed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit()
	s.refused(s.Retry(t.Context(), as(tenant), id), vod.Conflict)
	s.failures["CMAF"] = badMedia()
	before := s.run(id)
	s.equal("after the failure", statuses(before), []string{"FAILED", "COMPLETED", "COMPLETED", "COMPLETED", "FAILED"})

	delete(s.failures, "CMAF")
	s.ran = nil
	s.ok(s.Retry(t.Context(), as(tenant), id))
	again := s.get(id).Ingest
	if again.Status != vod.Queued || again.Start != before.Ingest.Start || again.Progress != before.Ingest.Progress || again.Error != "" || !again.End.IsZero() {
		t.Errorf("after the retry: %+v", again)
	}
	after := s.run(id)
	s.equal("status", after.Ingest.Status, vod.Completed)
	s.equal("what ran", s.ran, []string{"CMAF", "COPY", "URL_REWRITE", "CATALOG"})
	s.equal("attempt", after.Tasks[3].Attempt, 2)
	s.refused(s.Retry(t.Context(), as(tenant), id), vod.Conflict)
}

// TestRetryWhatIsGone: outputs that are gone are made again, with all that
// depends on them.
func TestRetryWhatIsGone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit()
	s.failures["CATALOG"] = badMedia()
	s.run(id)
	delete(s.failures, "CATALOG")
	s.ran, s.gone[vod.Packaging] = nil, true
	s.ok(s.Retry(t.Context(), as(tenant), id))
	s.equal("status", s.run(id).Ingest.Status, vod.Completed)
	s.equal("what ran", s.ran, []string{"CMAF", "COPY", "URL_REWRITE", "CATALOG"})
}

// twoPlayouts publishes in the catalogue and tells another system.
const twoPlayouts = `
retrieval: [{filesetFilter: initialInput, filesetLabelOut: retrieved, retrievalProfile: {name: r, type: vimond_file_retriever, targetLocation: {name: store}}}]
playout:
  - {filesetFilter: retrieved, filesetLabelOut: null, playoutProfile: {name: catalog, type: CATALOG}}
  - {filesetFilter: retrieved, filesetLabelOut: null, playoutProfile: {name: tell, type: WEBHOOK, url: 'https://example.com/hook'}}
`

// TestRetryPublishesAgain: a cancel takes the catalogue's entry back although
// the task that made it stays completed, so a retry has to do it again.
func TestRetryPublishesAgain(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, _, err := s.ProfilePut(t.Context(), as(tenant), "two", []byte(twoPlayouts))
	s.ok(err)
	id := s.submit(func(sub *orchestrate.Submission) { sub.Profile = "two" })
	s.runFirst(id, 2)
	s.equal("published", s.playing(), id)
	s.ok(s.Cancel(t.Context(), as(tenant), id))
	s.equal("after the cancel", statuses(s.get(id)), []string{"CANCELLED", "COMPLETED", "COMPLETED", "CANCELLED"})
	s.equal("published", s.playing(), "")

	s.ran = nil
	s.ok(s.Retry(t.Context(), as(tenant), id))
	s.equal("after the retry", statuses(s.run(id)), []string{"COMPLETED", "COMPLETED", "COMPLETED", "COMPLETED"})
	s.equal("what ran", s.ran, []string{"CATALOG", "WEBHOOK"})
	s.equal("published", s.playing(), id)
}

// playing is the ingest that plays for asset 1.
func (s *service) playing() string {
	s.t.Helper()
	p, err := s.Playback(s.t.Context(), as(tenant), "1")
	if vod.CodeOf(err) != vod.NotFound {
		s.ok(err)
	}
	return p.IngestID
}

func TestDelete(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first, second := s.submit(), s.submit()
	s.run(first)
	s.refused(s.Delete(t.Context(), as(tenant), second), vod.Conflict)
	s.refused(s.DeleteAsset(t.Context(), as(tenant), "1"), vod.Conflict)
	s.equal("removed", s.removed, []string(nil))
	s.run(second)
	s.ok(s.Delete(t.Context(), as(tenant), second))
	s.equal("removed", s.removed, []string{second})
	s.equal("playing", s.playing(), first)
	_, err := s.Get(t.Context(), as(tenant), second)
	s.refused(err, vod.NotFound)
	s.refused(s.Delete(t.Context(), as(tenant), second), vod.NotFound)
}

func TestDeleteAsset(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first, second := s.submit(), s.submit()
	other := s.submit(func(sub *orchestrate.Submission) { sub.AssetID = "2" })
	for _, id := range []string{first, second, other} {
		s.run(id)
	}
	s.refused(s.DeleteAsset(t.Context(), as(tenant), ""), vod.NotFound)
	s.refused(s.DeleteAsset(t.Context(), as(tenant), "3"), vod.NotFound)
	s.ok(s.DeleteAsset(t.Context(), as(tenant), "1"))
	s.equal("removed", s.removed, []string{first, second})
	s.equal("playing", s.playing(), "")
	s.get(other)
}

// TestRollBack: to an earlier ingest, unless what it distributed is gone.
func TestRollBack(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first, second := s.submit(), s.submit()
	s.run(first)
	s.run(second)
	s.equal("playing", s.playing(), second)
	_, err := s.PlaybackSelect(t.Context(), as(tenant), "1", first)
	s.ok(err)
	s.equal("playing", s.playing(), first)
	_, err = s.PlaybackSelect(t.Context(), as(tenant), "2", second)
	s.refused(err, vod.NotFound)
	s.gone[vod.Distribution] = true
	_, err = s.PlaybackSelect(t.Context(), as(tenant), "1", second)
	s.refused(err, vod.Conflict)
	s.equal("playing", s.playing(), first)
	history, err := s.PlaybackHistory(t.Context(), as(tenant), "1")
	s.ok(err)
	s.equal("history", []string{history[0].IngestID, history[1].IngestID}, []string{second, first})
}

// TestReady: a server whose work waits is not ready, and says why.
func TestReady(t *testing.T) {
	t.Parallel()
	s := newService(t)
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	s.held = "The disk is short."
	if err := s.Ready(t.Context()); vod.CodeOf(err) != vod.Unavailable || err.Error() != s.held {
		t.Errorf("error is %v", err)
	}
}
