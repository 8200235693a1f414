package sqlstore

import "github.com/via-orchestrate/orchestrate/internal/vod"

// The columns of each table, in the order in which the functions below bind
// them.
const (
	ingestColumns = "id, tenant, asset_id, profile_name, profile_version, status, progress, start_ms, end_ms, " +
		"error, media_types, forced, imported, has_input, media_key, input_digest, priority, due_ms, trace"
	inputColumns = "ingest_id, input, sources"
	taskColumns  = "id, ingest_id, step, stage, status, attempt, failures, lost, claim_rank, share, " +
		"start_ms, end_ms, not_before_ms, input, outputs, error"
	attemptColumns = "task_id, number, status, start_ms, end_ms, error, command, log, report"
)

func ingestRow(in *vod.Ingest) []Column {
	return []Column{
		text[string]{&in.ID},
		text[string]{&in.Tenant},
		text[string]{&in.AssetID},
		text[string]{&in.ProfileName},
		number[int64]{&in.ProfileVersion},
		text[vod.IngestStatus]{&in.Status},
		number[int]{&in.Progress},
		instant{&in.Start},
		maybe{&in.End},
		said{&in.Error},
		encoded[[]string]{&in.MediaTypes},
		flag{&in.Force},
		flag{&in.Imported},
		flag{&in.HasInput},
		text[string]{&in.MediaKey},
		text[string]{&in.InputDigest},
		priority{&in.Priority},
		maybe{&in.Due},
		text[string]{&in.Trace},
	}
}

// inputRow is what stands of an ingest in ingest_inputs.
func inputRow(in *vod.Ingest) []Column {
	return []Column{text[string]{&in.ID}, document{&in.Input}, encoded[map[string]string]{&in.Sources}}
}

func taskRow(t *vod.Task) []Column {
	return []Column{
		text[string]{&t.ID},
		text[string]{&t.IngestID},
		number[int]{&t.Step},
		text[vod.Stage]{&t.Stage},
		text[vod.TaskStatus]{&t.Status},
		number[int]{&t.Attempt},
		number[int]{&t.Failures},
		number[int]{&t.Lost},
		number[int]{&t.Order},
		real{&t.Share},
		maybe{&t.Start},
		maybe{&t.End},
		maybe{&t.NotBefore},
		document{&t.Input},
		document{&t.Outputs},
		encoded[*vod.StepError]{&t.Error},
	}
}

func attemptRow(a *vod.Attempt) []Column {
	return []Column{
		text[string]{&a.TaskID},
		number[int]{&a.Number},
		text[vod.TaskStatus]{&a.Status},
		maybe{&a.Start},
		maybe{&a.End},
		encoded[*vod.StepError]{&a.Error},
		encoded[[]string]{&a.Command},
		said{&a.Log},
		encoded[*vod.Report]{&a.Report},
	}
}
