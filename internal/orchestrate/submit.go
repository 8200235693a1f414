package orchestrate

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// keysLive is how long an Idempotency-Key is remembered.
const keysLive = 7 * 24 * time.Hour

// Submit accepts an ingest and gives its id. With a key, a repetition of the
// same request gives the first one's id and starts nothing. It is refused at
// once if the files, the profile or its locations cannot be used.
func (s *Service) Submit(ctx context.Context, by vod.Caller, sub Submission, key *RequestKey) (string, error) {
	if err := by.Require(vod.SubmitIngests); err != nil {
		return "", err
	}
	var once *store.Idempotency
	if key != nil {
		once = &store.Idempotency{
			Tenant: by.Tenant, Route: "POST /ingests", Key: key.Key, BodyHash: key.BodyHash,
			Expires: s.Now().Add(keysLive),
		}
		// Before all checks: what was accepted then may be refused by now.
		if id, err := s.Store.IngestRepeated(ctx, *once); err != nil || id != "" {
			return id, err
		}
	}
	in, err := s.build(ctx, by.Tenant, sub)
	if err != nil {
		return "", err
	}
	if in.MediaKey, err = mediaKey(); err != nil {
		return "", err
	}
	in.Trace = tracing.Parent(ctx)
	id, err := s.Store.IngestCreate(ctx, in, once, s.audit(by, vod.SubmittedIngest, in))
	if err != nil || id != in.ID {
		return id, err
	}
	s.Log.InfoContext(ctx, "ingest.submit", "ingest", id, "tenant", by.Tenant, "asset", in.AssetID, "profile", in.ProfileName, "by", by.Subject)
	s.wake(ctx, id)
	return id, nil
}

// build makes the ingest that a submission asks for.
func (s *Service) build(ctx context.Context, tenant string, sub Submission) (vod.Ingest, error) {
	if err := CheckAssetID(sub.AssetID); err != nil {
		return vod.Ingest{}, err
	}
	filesets, sources, err := checkFilesets(sub.Filesets)
	if err != nil {
		return vod.Ingest{}, err
	}
	schedule, err := sub.check()
	if err != nil {
		return vod.Ingest{}, err
	}
	if sub.Profile == "" {
		sub.Profile = s.builtIn.Name
	}
	version, err := s.profile(ctx, tenant, sub.Profile, sub.ProfileVersion)
	if vod.CodeOf(err) == vod.NotFound { // It is not what was asked for, but part of it.
		return vod.Ingest{}, vod.Faultf(vod.Unusable, "%v", err)
	}
	if err != nil {
		return vod.Ingest{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return vod.Ingest{}, fmt.Errorf("make an ingest id: %w", err)
	}
	in := vod.Ingest{
		ID: id.String(), Tenant: tenant, AssetID: sub.AssetID,
		ProfileName: version.Name, ProfileVersion: version.VersionID,
		Status: vod.Queued, Start: vod.Millis(s.Now()), MediaTypes: mediaTypes(filesets),
		Force: sub.Force, HasInput: true, Sources: sources,
		Priority: schedule.Priority, Due: schedule.Due,
	}
	in.Input, err = profile.Input(profile.SnapshotParams{
		Version: version, Tenant: tenant, AssetID: sub.AssetID, IngestID: in.ID,
		Filesets: filesets, PipelineVersion: s.Version,
		Resolve: func(loc vod.Location) (vod.Location, error) { return s.Locations.Resolve(tenant, loc) },
	})
	if err != nil {
		return vod.Ingest{}, fmt.Errorf("profile %q: %w", version.Name, err)
	}
	return in, nil
}

// Preview tells what Submit would do, and does nothing.
func (s *Service) Preview(ctx context.Context, by vod.Caller, sub Submission) (Preview, error) {
	if err := by.Require(vod.SubmitIngests); err != nil {
		return Preview{}, err
	}
	in, err := s.build(ctx, by.Tenant, sub)
	if err != nil {
		return Preview{}, err
	}
	p, initial, err := ParseInput(in.Input)
	if err != nil {
		return Preview{}, err
	}
	run := vod.Run{Ingest: in}
	if err := p.Advance(&run, initial, in.Start); err != nil {
		return Preview{}, err
	}
	preview := Preview{
		Profile: in.ProfileName, ProfileVersion: in.ProfileVersion, Steps: stepViews(p, run, func(string) string { return "" }),
	}
	note, err := s.skipNote(ctx, in, initial, sub.Force)
	if note != "" {
		preview.Notes = append(preview.Notes, note)
	}
	return preview, err
}

// skipNote tells what is known beforehand about doing the work at all.
func (s *Service) skipNote(ctx context.Context, in vod.Ingest, initial []vod.Fileset, force bool) (string, error) {
	if force {
		return "The work is done even if the files are known (force).", nil
	}
	earlier, err := s.Store.IngestEarlier(ctx, in)
	if err != nil || earlier == nil {
		return "", err
	}
	switch digest, known := s.Digest(initial); {
	case !known:
		return fmt.Sprintf("Where the profile says skipOnMD5, the files are read and compared with those of ingest %s.", earlier.Ingest.ID), nil
	case digest == earlier.Ingest.InputDigest:
		return fmt.Sprintf("Where the profile says skipOnMD5, this is skipped: ingest %s had the same files.", earlier.Ingest.ID), nil
	}
	return "", nil
}

func mediaTypes(filesets []vod.Fileset) []string {
	types := []string{}
	for _, fs := range filesets {
		for _, f := range fs.Files {
			if !slices.Contains(types, f.MediaType) {
				types = append(types, f.MediaType)
			}
		}
	}
	return types
}

// mediaKey makes the 128 random bits that open an ingest's folder at /media/.
func mediaKey() (string, error) {
	var key [16]byte
	if _, err := rand.Read(key[:]); err != nil {
		return "", fmt.Errorf("make a media key: %w", err)
	}
	return hex.EncodeToString(key[:]), nil
}
