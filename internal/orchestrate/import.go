package orchestrate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Import takes over history that another Status API tells: one list answer,
// list item or detail document. Each ingest in it is written or refused by
// itself. Imported ingests are never run, cancelled or retried. The error is
// an Invalid fault when the document is none of the three.
func (s *Service) Import(ctx context.Context, by vod.Caller, document json.RawMessage) ([]ImportRow, error) {
	if err := by.Require(vod.ImportIngests); err != nil {
		return nil, err
	}
	var kind struct {
		Items []json.RawMessage `json:"items"`
		Input json.RawMessage   `json:"input"`
		ID    string            `json:"ingestId"`
	}
	if err := jsonv2.Unmarshal(document, &kind); err != nil {
		return nil, vod.Faultf(vod.Invalid, "The document is not JSON in the form of the Status API: %v.", badImport(err))
	}
	documents := []json.RawMessage{document}
	switch {
	case kind.Items != nil:
		documents = kind.Items
	case kind.ID == "":
		return nil, vod.Faultf(vod.Invalid, "The document has neither items nor an ingestId: it is no answer of the Status API.")
	}
	rows := make([]ImportRow, 0, len(documents))
	for _, d := range documents {
		row, err := s.importOne(ctx, by, d)
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (s *Service) importOne(ctx context.Context, by vod.Caller, document json.RawMessage) (ImportRow, error) {
	run, id, problem := readImport(document, by.Tenant)
	if problem != "" {
		return ImportRow{IngestID: id, Outcome: "refused", Problem: problem}, nil
	}
	run.Audit = s.audit(by, vod.ImportedIngest, run.Ingest)
	switch written, err := s.Store.IngestImport(ctx, run); {
	case vod.CodeOf(err) != "":
		return ImportRow{IngestID: id, Outcome: "refused", Problem: err.Error()}, nil
	case err != nil:
		return ImportRow{}, err
	case written:
		return ImportRow{IngestID: id, Outcome: "written"}, nil
	}
	return ImportRow{IngestID: id, Outcome: "unchanged"}, nil
}

// readImport turns a document into what is stored, or says why it is refused.
func readImport(document json.RawMessage, tenant string) (run vod.Run, id, problem string) {
	var doc importDocument
	err := jsonv2.Unmarshal(document, &doc, jsonv2.RejectUnknownMembers(true))
	if err != nil {
		err = badImport(err)
	} else {
		run, err = doc.run(tenant)
	}
	if err != nil {
		problem = err.Error()
	}
	if !isName(doc.IngestID) {
		doc.IngestID = "" // It is refused, and would only make the answer large.
	}
	return run, doc.IngestID, problem
}

// badImport says what is wrong with the JSON of a document, by its JSON pointer
// (RFC 6901).
func badImport(err error) error {
	var semantic *jsonv2.SemanticError
	switch {
	case !errors.As(err, &semantic):
		return errors.New("it is no JSON, or has a key twice")
	case !isName(string(semantic.JSONPointer)):
		return errors.New("it has a key that is not known")
	case errors.Is(semantic.Err, jsonv2.ErrUnknownName):
		return fmt.Errorf("the key %s is not known", semantic.JSONPointer)
	case semantic.JSONPointer == "":
		return errors.New("it is no JSON object")
	}
	return fmt.Errorf("%s has a value of the wrong type or form", semantic.JSONPointer)
}

// importDocument is a list item or a detail document: their keys together.
type importDocument struct {
	IngestID    string           `json:"ingestId"`
	AssetID     string           `json:"assetId"`
	DetailsURL  *string          `json:"detailsUrl"`
	ProfileName string           `json:"profileName"`
	Error       *string          `json:"error"`
	MediaTypes  []string         `json:"mediaTypes"`
	Progress    int              `json:"progress"`
	StartTime   time.Time        `json:"startTime"`
	EndTime     time.Time        `json:"endTime"`
	Status      vod.IngestStatus `json:"status"`
	ElapsedTime int64            `json:"elapsedTime"`
	Tenant      *string          `json:"tenant"`
	Input       json.RawMessage  `json:"input"`
	Tasks       []importTask     `json:"tasks"`
}

type importTask struct {
	Outputs     json.RawMessage `json:"outputs"`
	Input       json.RawMessage `json:"input"`
	Name        vod.Stage       `json:"name"`
	Progress    int             `json:"progress"`
	StartTime   time.Time       `json:"startTime"`
	EndTime     time.Time       `json:"endTime"`
	ID          string          `json:"id"`
	Status      vod.TaskStatus  `json:"status"`
	ElapsedTime int64           `json:"elapsedTime"`
	Error       *string         `json:"error"`
}

// run checks the document and turns it into what is stored. What it refuses
// is what could not be given back as it came.
func (d importDocument) run(tenant string) (vod.Run, error) {
	switch {
	case d.Tenant != nil && *d.Tenant != tenant:
		return vod.Run{}, fmt.Errorf("it belongs to tenant %q, not to %q", *d.Tenant, tenant)
	case d.IngestID == "" || d.AssetID == "":
		return vod.Run{}, fmt.Errorf("ingestId or assetId is missing")
	case d.IngestID == "." || d.IngestID == "..": // No address leads to it: they are steps of a path.
		return vod.Run{}, fmt.Errorf("ingestId must not be %q", d.IngestID)
	case !isName(d.IngestID) || strings.Contains(d.IngestID, "/"):
		return vod.Run{}, fmt.Errorf("ingestId must have at most %d bytes of UTF-8 without control characters and slashes", maxName)
	case !isName(d.AssetID) || !isName(d.ProfileName) || slices.ContainsFunc(d.MediaTypes, isNoName):
		return vod.Run{}, fmt.Errorf("assetId, profileName and mediaTypes must have at most %d bytes of UTF-8 without control characters", maxName)
	case d.DetailsURL != nil && *d.DetailsURL != "/ingests/"+d.IngestID:
		return vod.Run{}, fmt.Errorf("detailsUrl is not /ingests/%s", d.IngestID)
	case !d.Status.Final() || !slices.Contains(vod.IngestStatuses(), d.Status):
		return vod.Run{}, fmt.Errorf("status %q is not that of an ingest that is over", d.Status)
	case d.Progress < 0 || d.Progress > 100:
		return vod.Run{}, fmt.Errorf("progress %d is not within 0 and 100", d.Progress)
	case d.MediaTypes == nil:
		return vod.Run{}, fmt.Errorf("mediaTypes is null or missing")
	case d.Error != nil && *d.Error == "":
		return vod.Run{}, fmt.Errorf("error is empty; it is null where there is none")
	}
	if err := checkTimes(d.StartTime, d.EndTime, d.ElapsedTime); err != nil {
		return vod.Run{}, err
	}
	run := vod.Run{Ingest: vod.Ingest{
		ID: d.IngestID, Tenant: tenant, AssetID: d.AssetID, ProfileName: d.ProfileName,
		Status: d.Status, Progress: d.Progress, Start: vod.Millis(d.StartTime), End: vod.Millis(d.EndTime),
		MediaTypes: d.MediaTypes, Imported: true, Input: d.Input, HasInput: d.Input != nil,
	}}
	if d.Error != nil {
		run.Ingest.Error = *d.Error
	}
	for i, t := range d.Tasks {
		task, err := t.task(d.IngestID, i)
		if err != nil {
			return vod.Run{}, fmt.Errorf("task %d: %w", i, err)
		}
		run.Tasks = append(run.Tasks, task)
	}
	return run, nil
}

func (t importTask) task(ingestID string, i int) (vod.Task, error) {
	switch {
	case t.ID == "" || !isName(t.ID):
		return vod.Task{}, fmt.Errorf("id is missing, or has more than %d bytes or control characters", maxName)
	case !t.Status.Ended():
		return vod.Task{}, fmt.Errorf("status %q is not that of a task that is over", t.Status)
	case t.Progress < 0 || t.Progress > 100:
		return vod.Task{}, fmt.Errorf("progress %d is not within 0 and 100", t.Progress)
	case t.Name.Key() == "":
		return vod.Task{}, fmt.Errorf("name %q is not a stage", t.Name)
	}
	if err := checkTimes(t.StartTime, t.EndTime, t.ElapsedTime); err != nil {
		return vod.Task{}, err
	}
	task := vod.Task{
		ID: t.ID, IngestID: ingestID, Step: i, Stage: t.Name, Status: t.Status, Attempt: 1, Order: i + 1,
		Share: float64(t.Progress) / 100, Start: vod.Millis(t.StartTime), End: vod.Millis(t.EndTime),
		Input: t.Input, Outputs: t.Outputs,
	}
	if t.Error != nil {
		task.Error = &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonInternal, Message: *t.Error}
	}
	return task, nil
}

func checkTimes(start, end time.Time, elapsed int64) error {
	if start.IsZero() || end.IsZero() || end.Before(start) {
		return fmt.Errorf("startTime or endTime is missing, or they are in the wrong order")
	}
	if start.UTC().Year() < 1 || end.UTC().Year() > 9999 {
		return fmt.Errorf("startTime or endTime is not within the years 1 to 9999")
	}
	if !vod.Millis(start).Equal(start) || !vod.Millis(end).Equal(end) {
		return fmt.Errorf("startTime or endTime tells more than milliseconds")
	}
	if got := end.Sub(start).Milliseconds(); got != elapsed {
		return fmt.Errorf("elapsedTime is %d, but endTime - startTime is %d ms", elapsed, got)
	}
	return nil
}
