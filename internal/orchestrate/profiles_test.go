package orchestrate_test

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// names are those of a list of profiles.
func names(list []vod.ProfileVersion) (all []string) {
	for _, v := range list {
		all = append(all, v.Name)
	}
	return all
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first, created, err := s.ProfilePut(t.Context(), as(tenant), "two", []byte(twoPlayouts))
	s.ok(err)
	s.equal("created", created, true)
	again, created, err := s.ProfilePut(t.Context(), as(tenant), "two", []byte("# The same, said otherwise.\n"+twoPlayouts))
	s.ok(err)
	if created || again.VersionID != first.VersionID {
		t.Errorf("an equal document made version %d", again.VersionID)
	}
	list, err := s.ProfileList(t.Context(), as(tenant))
	s.ok(err)
	s.equal("profiles", names(list), []string{"default", "two"})
	list, err = s.ProfileList(t.Context(), as("other"))
	s.ok(err)
	s.equal("profiles of another tenant", names(list), []string{"default"})
	_, err = s.ProfileGet(t.Context(), as("other"), "two", 0)
	s.refused(err, vod.NotFound)
	_, err = s.ProfileVersions(t.Context(), as("other"), "two")
	s.refused(err, vod.NotFound)
}

// TestOwnDefault: a tenant's own profile of the built-in one's name goes first,
// for that tenant; the built-in versions stay.
func TestOwnDefault(t *testing.T) {
	t.Parallel()
	s := newService(t)
	builtIn, err := s.ProfileGet(t.Context(), as(tenant), "default", 0)
	s.ok(err)
	own, _, err := s.ProfilePut(t.Context(), as(tenant), "default", []byte(twoPlayouts))
	s.ok(err)
	s.equal("version used", s.get(s.submit()).Ingest.ProfileVersion, own.VersionID)
	chosen := s.submit(func(sub *orchestrate.Submission) { sub.ProfileVersion = builtIn.VersionID })
	s.equal("version chosen", s.get(chosen).Ingest.ProfileVersion, builtIn.VersionID)
	other, err := s.ProfileGet(t.Context(), as("other"), "default", 0)
	s.ok(err)
	s.equal("for another tenant", other.VersionID, builtIn.VersionID)
	list, err := s.ProfileList(t.Context(), as(tenant))
	s.ok(err)
	s.equal("profiles", names(list), []string{"default"})
	s.equal("version listed", list[0].VersionID, own.VersionID)
}

func TestProfileWithForbiddenLocation(t *testing.T) {
	t.Parallel()
	s := newService(t)
	text := []byte(`retrieval: [{filesetFilter: initialInput, filesetLabelOut: retrieved, retrievalProfile: {name: r, type: vimond_file_retriever, targetLocation: {name: forbidden}}}]`)
	_, _, err := s.ProfilePut(t.Context(), as(tenant), "bad", text)
	s.refused(err, vod.Unusable)
	s.refused(s.ProfileValidate(t.Context(), as(tenant), "bad", text), vod.Unusable)
	_, err = s.ProfileGet(t.Context(), as(tenant), "bad", 0)
	s.refused(err, vod.NotFound)
	s.ok(s.ProfileValidate(t.Context(), as(tenant), "good", []byte(twoPlayouts)))
	_, err = s.ProfileGet(t.Context(), as(tenant), "good", 0)
	s.refused(err, vod.NotFound)
}

// TestProfileReplace: nothing is applied over a version that its author has
// not seen.
func TestProfileReplace(t *testing.T) {
	t.Parallel()
	s := newService(t)
	builtIn, err := s.ProfileGet(t.Context(), as(tenant), "default", 0)
	s.ok(err)
	changed := func(text string) []byte { return []byte("description: " + text + "\n" + twoPlayouts) }
	own, created, err := s.ProfileReplace(t.Context(), as(tenant), "default", builtIn.VersionID, changed("a"))
	s.ok(err)
	s.equal("created", created, true)
	_, _, err = s.ProfileReplace(t.Context(), as(tenant), "default", builtIn.VersionID, changed("b"))
	s.refused(err, vod.Conflict)
	_, _, err = s.ProfileReplace(t.Context(), as(tenant), "default", 0, changed("b"))
	s.refused(err, vod.Conflict)
	_, _, err = s.ProfileReplace(t.Context(), as(tenant), "", 0, append([]byte("name: default\n"), changed("b")...))
	s.refused(err, vod.Conflict)
	again, created, err := s.ProfileReplace(t.Context(), as(tenant), "default", own.VersionID, changed("a"))
	s.ok(err)
	if created || again.VersionID != own.VersionID {
		t.Errorf("an equal document made version %d", again.VersionID)
	}
	_, _, err = s.ProfileReplace(t.Context(), as(tenant), "gone", 7, changed("b"))
	s.refused(err, vod.Conflict)
	_, created, err = s.ProfileReplace(t.Context(), as(tenant), "fresh", 0, changed("b"))
	s.ok(err)
	s.equal("created", created, true)
	viewer := vod.Caller{Subject: "vic", Tenant: tenant, Permissions: vod.Viewer.Permissions()}
	_, _, err = s.ProfileReplace(t.Context(), viewer, "fresh", 0, changed("b"))
	s.refused(err, vod.Forbidden)
}

// TestAuditTellsTheVersion: an entry has the time that is the version's id.
func TestAuditTellsTheVersion(t *testing.T) {
	t.Parallel()
	s := newService(t)
	v, _, err := s.ProfilePut(t.Context(), as(tenant), "two", []byte(twoPlayouts))
	s.ok(err)
	entries, _, err := s.AuditList(t.Context(), as(tenant), store.AuditFilter{Action: vod.AppliedProfile, Limit: 10})
	s.ok(err)
	s.equal("entries", len(entries), 1)
	s.equal("time", entries[0].Time.UnixMilli(), v.VersionID)
}
