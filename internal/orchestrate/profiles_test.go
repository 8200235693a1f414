package orchestrate_test

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
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
