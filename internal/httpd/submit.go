package httpd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// idempotencyKey is what the Idempotency-Key header may hold: visible ASCII.
var idempotencyKey = regexp.MustCompile(`^[!-~]{1,255}$`)

// SubmitIngest implements api.StrictServerInterface.
func (s *server) SubmitIngest(ctx context.Context, r api.SubmitIngestRequestObject) (api.SubmitIngestResponseObject, error) {
	submission, err := submissionOf(*r.Body)
	if err != nil {
		return nil, err
	}
	if value(r.Params.DryRun) {
		return s.preview(ctx, submission)
	}
	key, err := requestKey(r.Params.IdempotencyKey, *r.Body)
	if err != nil {
		return nil, err
	}
	id, err := s.service.Submit(ctx, Caller(ctx), submission, key)
	if err != nil {
		return nil, err
	}
	return api.SubmitIngest202JSONResponse{
		Body:    accepted(id),
		Headers: api.SubmitIngest202ResponseHeaders{Location: detailsURL(id)},
	}, nil
}

func (s *server) preview(ctx context.Context, submission orchestrate.Submission) (api.SubmitIngestResponseObject, error) {
	p, err := s.service.Preview(ctx, Caller(ctx), submission)
	if err != nil {
		return nil, err
	}
	return api.SubmitIngest200JSONResponse{
		Profile: p.Profile, ProfileVersionID: p.ProfileVersion, Steps: steps(p.Steps), Notes: listed(p.Notes),
	}, nil
}

// submissionOf takes either form. What the values mean is checked by the use
// case.
func submissionOf(b api.Submission) (orchestrate.Submission, error) {
	out := orchestrate.Submission{
		AssetID: b.AssetID, Profile: b.Profile, ProfileVersion: b.ProfileVersionID, Force: b.Force,
		Schedule: scheduleOf(b.Priority, b.DueTime),
	}
	short := api.SubmissionFile{MediaType: b.MediaType, Language: b.Language, URI: b.URI, MD5Sum: b.MD5Sum}
	switch {
	case len(b.Filesets) == 0 && b.URI == "":
		return out, vod.Faultf(vod.Invalid, "Give uri, or filesets with at least one file.")
	case len(b.Filesets) == 0:
		out.Filesets = []vod.Fileset{{Files: []vod.File{file(short)}}}
		return out, nil
	case short != api.SubmissionFile{}:
		return out, vod.Faultf(vod.Invalid, "Give uri, mediaType, language and md5sum, or filesets, but not both.")
	}
	for _, fs := range b.Filesets {
		files := []vod.File{}
		for _, f := range fs.Files {
			files = append(files, file(f))
		}
		out.Filesets = append(out.Filesets, vod.Fileset{Files: files})
	}
	return out, nil
}

func file(f api.SubmissionFile) vod.File {
	if f.MediaType == "" {
		f.MediaType = vod.MediaVideo
	}
	return vod.File{MediaType: f.MediaType, Language: f.Language, URI: f.URI, MD5Sum: f.MD5Sum}
}

// requestKey is nil without an Idempotency-Key. The hash is of the body as it
// was understood, so that spaces and the order of keys make no other body.
func requestKey(key *string, body api.Submission) (*orchestrate.RequestKey, error) {
	if key == nil {
		return nil, nil
	}
	if !idempotencyKey.MatchString(*key) {
		return nil, badParameter("Idempotency-Key", "must be 1 to 255 visible ASCII characters")
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(text)
	return &orchestrate.RequestKey{Key: *key, BodyHash: hex.EncodeToString(hash[:])}, nil
}
