package app

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestUploadInUse(t *testing.T) {
	t.Parallel()
	a := newApp(t, configIn(t.TempDir()))
	const id, other = "0123456789abcdef0123456789abcdef", "00000000000000000000000000000000"
	ingest, _ := a.create(t, `{"filesets":[{"files":[{"uri":"upload:`+id+`"}]}]}`, func(*vod.Run, *vod.Task) {})
	check := func(tenant, id string, want bool) {
		t.Helper()
		if got, err := a.uploadInUse(tenant, id); err != nil || got != want {
			t.Errorf("upload %s of %s in use: %t, %v", id, tenant, got, err)
		}
	}
	check(tenant, id, true)
	check(tenant, other, false)
	check("other", id, false)
	err := a.store.IngestChange(t.Context(), ingest, func(run *vod.Run) error {
		run.Ingest.Status, run.Ingest.End = vod.Failed, vod.Now()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check(tenant, id, false)
}
