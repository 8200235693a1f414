package orchestrate

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ProfilePut applies a document, in YAML or JSON, as the newest version of the
// named profile. A document equal to the newest one makes no new version.
func (s *Service) ProfilePut(ctx context.Context, by vod.Caller, name string, data []byte) (vod.ProfileVersion, bool, error) {
	if err := by.Require(vod.WriteProfiles); err != nil {
		return vod.ProfileVersion{}, false, err
	}
	doc, err := s.check(by.Tenant, name, data)
	if err != nil {
		return vod.ProfileVersion{}, false, err
	}
	s.applying.Lock()
	defer s.applying.Unlock()
	return s.apply(ctx, by, doc)
}

// ProfileReplace is ProfilePut for a document that was made from version base,
// 0 for a new profile: it is a Conflict fault, and nothing is applied, when
// another version is the newest by now.
func (s *Service) ProfileReplace(ctx context.Context, by vod.Caller, name string, base int64, data []byte) (vod.ProfileVersion, bool, error) {
	if err := by.Require(vod.WriteProfiles); err != nil {
		return vod.ProfileVersion{}, false, err
	}
	doc, err := s.check(by.Tenant, name, data)
	if err != nil {
		return vod.ProfileVersion{}, false, err
	}
	s.applying.Lock()
	defer s.applying.Unlock()
	newest, err := s.profile(ctx, by.Tenant, doc.Name, 0)
	switch {
	case err != nil && vod.CodeOf(err) != vod.NotFound:
		return vod.ProfileVersion{}, false, err
	case newest.VersionID == base:
		return s.apply(ctx, by, doc)
	case base == 0:
		return vod.ProfileVersion{}, false, vod.Faultf(vod.Conflict, "There is a profile %q already.", doc.Name)
	}
	return vod.ProfileVersion{}, false, vod.Faultf(vod.Conflict, "The newest version of profile %q is %d by now, not %d.", doc.Name, newest.VersionID, base)
}

func (s *Service) apply(ctx context.Context, by vod.Caller, doc profile.Document) (vod.ProfileVersion, bool, error) {
	now := s.Now() // one time for both: it tells which version an audit entry is of
	v, created, err := s.Store.ProfilePut(ctx, vod.ProfileVersion{
		Tenant: by.Tenant, Name: doc.Name, VersionID: now.UnixMilli(), Document: doc.JSON,
	}, by.Audit(now, vod.AppliedProfile, doc.Name))
	if err == nil && created {
		s.Log.InfoContext(ctx, "profile.apply", "tenant", by.Tenant, "profile", v.Name, "version", v.VersionID, "by", by.Subject)
	}
	return v, created, err
}

// ProfileValidate checks a document and stores nothing.
func (s *Service) ProfileValidate(_ context.Context, by vod.Caller, name string, data []byte) error {
	if err := by.Require(vod.WriteProfiles); err != nil {
		return err
	}
	_, err := s.check(by.Tenant, name, data)
	return err
}

// check parses a document and sees that this tenant may use its locations.
func (s *Service) check(tenant, name string, data []byte) (profile.Document, error) {
	doc, err := profile.Parse(name, data)
	if err != nil {
		return doc, err
	}
	_, err = profile.Input(profile.SnapshotParams{
		Version: vod.ProfileVersion{Tenant: tenant, Name: doc.Name, Document: doc.JSON},
		Tenant:  tenant, AssetID: "check", IngestID: "check", PipelineVersion: s.Version,
		Resolve: func(loc vod.Location) (vod.Location, error) { return s.Locations.Resolve(tenant, loc) },
	})
	return doc, err
}

// ProfileGet gives a version of a profile, the newest for 0. The built-in
// profile answers where the tenant has none of that name.
func (s *Service) ProfileGet(ctx context.Context, by vod.Caller, name string, versionID int64) (vod.ProfileVersion, error) {
	if err := by.Require(vod.ReadProfiles); err != nil {
		return vod.ProfileVersion{}, err
	}
	return s.profile(ctx, by.Tenant, name, versionID)
}

func (s *Service) profile(ctx context.Context, tenant, name string, versionID int64) (vod.ProfileVersion, error) {
	v, err := s.Store.ProfileGet(ctx, tenant, name, versionID)
	if vod.CodeOf(err) == vod.NotFound && name == s.builtIn.Name {
		if own, ownErr := s.Store.ProfileGet(ctx, shared, name, versionID); ownErr == nil {
			return own, nil
		}
	}
	return v, err
}

// ProfileList gives the newest version of each of the tenant's profiles and
// of the built-in one, by name.
func (s *Service) ProfileList(ctx context.Context, by vod.Caller) ([]vod.ProfileVersion, error) {
	if err := by.Require(vod.ReadProfiles); err != nil {
		return nil, err
	}
	list, err := s.Store.ProfileList(ctx, by.Tenant)
	if err != nil {
		return nil, err
	}
	byName := func(v vod.ProfileVersion, name string) int { return strings.Compare(v.Name, name) }
	at, own := slices.BinarySearchFunc(list, s.builtIn.Name, byName)
	if !own {
		list = slices.Insert(list, at, s.builtIn)
	}
	return list, nil
}

// ProfileVersions gives every version of a profile, newest first.
func (s *Service) ProfileVersions(ctx context.Context, by vod.Caller, name string) ([]vod.ProfileVersion, error) {
	if err := by.Require(vod.ReadProfiles); err != nil {
		return nil, err
	}
	list, err := s.Store.ProfileVersions(ctx, by.Tenant, name)
	if vod.CodeOf(err) == vod.NotFound && name == s.builtIn.Name {
		return s.Store.ProfileVersions(ctx, shared, name)
	}
	return list, err
}

// ProfileSchema gives the JSON Schema of profile documents.
func (s *Service) ProfileSchema() json.RawMessage { return profile.Schema() }
