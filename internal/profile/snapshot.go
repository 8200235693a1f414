package profile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// SnapshotParams is what the snapshot of an ingest is made of.
type SnapshotParams struct {
	Version         vod.ProfileVersion
	Tenant          string
	AssetID         string
	IngestID        string
	Filesets        []vod.Fileset // with their labels
	PipelineVersion string
	// Resolve gives the whole location for one that may be a name alone, as the
	// operator's configuration has it for the tenant, or says why it may not be
	// used.
	Resolve func(vod.Location) (vod.Location, error)
}

// Input makes the `input` object of an ingest's detail document: the input
// filesets, and the profile version by value with all its locations resolved.
// Keys and their order are those of the Status API's page. Own profiles and
// locations without a versionId get that of the profile version.
//
// Errors of Resolve are reported together, as a *[vod.Fault] with code
// [vod.Unusable].
func Input(p SnapshotParams) (json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(p.Version.Document))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("profile %s: stored document: %w", p.Version.Name, err)
	}
	if problems := fillSteps(doc, p); len(problems) > 0 {
		return nil, &vod.Fault{
			Code:     vod.Unusable,
			Message:  fmt.Sprintf("The profile %s cannot be used here: a location is not in order.", quoted(p.Version.Name)),
			Problems: problems,
		}
	}
	stages := map[vod.Stage]member{}
	for _, stage := range pageOrder() {
		entries, _ := doc[stage.Key()].([]any)
		stages[stage] = member{stage.Key(), canonicalEntries(stage, entries)}
	}
	filesets := member{"filesets", plain(wholeFilesets(p.Filesets))}
	version := []byte(strconv.FormatInt(p.Version.VersionID, 10))
	details := writeObject(
		member{"profileName", plain(p.Version.Name)},
		member{"profileVersionId", version},
		stages[vod.Packaging],
		stages[vod.Encoding],
		stages[vod.Distribution],
		stages[vod.Playout],
		member{"pipelineVersion", plain(p.PipelineVersion)},
		member{"executionId", plain(p.IngestID)},
		member{"assetId", assetID(p.AssetID)},
		stages[vod.Retrieval],
		stages[vod.SubtitlePublishing],
		filesets,
		member{"tenant", plain(p.Tenant)},
	)
	return writeObject(filesets, member{"profile", writeObject(
		member{"name", plain(p.Version.Name)},
		member{"details", details},
		member{"id", version},
	)}), nil
}

// fillSteps completes every step's own profile in place.
func fillSteps(doc map[string]any, p SnapshotParams) []vod.FieldProblem {
	var problems []vod.FieldProblem
	for _, stage := range vod.Stages() {
		entries, _ := doc[stage.Key()].([]any)
		for i, item := range entries {
			entry, _ := item.(map[string]any)
			own, ok := entry[stage.ProfileKey()].(map[string]any)
			if !ok {
				continue
			}
			if _, given := own["versionId"]; !given {
				own["versionId"] = p.Version.VersionID
			}
			for _, key := range slices.Sorted(maps.Keys(own)) {
				if !isLocation(key) {
					continue
				}
				resolved, err := resolve(own[key], p)
				if err != nil {
					path := index("/"+stage.Key(), i) + "/" + stage.ProfileKey() + "/" + key
					problems = append(problems, vod.FieldProblem{Path: path, Message: err.Error()})
				}
				own[key] = resolved
			}
		}
	}
	return problems
}

func resolve(value any, p SnapshotParams) (vod.Location, error) {
	var location vod.Location
	if err := json.Unmarshal(canonical(value, nil), &location); err != nil {
		return location, fmt.Errorf("the location is not understood: %w", err)
	}
	location, err := p.Resolve(location)
	if err == nil && location.VersionID == 0 {
		location.VersionID = p.Version.VersionID
	}
	return location, err
}

// wholeFilesets writes empty lists as lists, never as null.
func wholeFilesets(filesets []vod.Fileset) []vod.Fileset {
	whole := make([]vod.Fileset, len(filesets))
	for i, f := range filesets {
		f.Files = append([]vod.File{}, f.Files...)
		f.Labels = append([]string{}, f.Labels...)
		whole[i] = f
	}
	return whole
}

// assetID writes an asset's id as a number where the page would: all digits,
// none of them a leading zero, and not larger than what readers hold exactly
// in 64 bits.
func assetID(id string) []byte {
	n, err := strconv.ParseInt(id, 10, 64)
	if err == nil && n >= 0 && strconv.FormatInt(n, 10) == id {
		return []byte(id)
	}
	return plain(id)
}
