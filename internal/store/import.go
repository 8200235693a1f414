package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Completes decides what the import of run means where known has its id: true
// when it adds input and tasks to what was a list item only, false when it
// says nothing new, and a Conflict fault in all other cases. Documents are
// equal when their JSON tokens are.
func Completes(known, run vod.Run) (bool, error) {
	conflict := func(why string) error {
		return vod.Faultf(vod.Conflict, "Ingest %s is there already, %s.", run.Ingest.ID, why)
	}
	a, b := known.Ingest, run.Ingest
	switch {
	case a.Tenant != b.Tenant: // Says no more than that: it is another tenant's.
		return false, conflict("and cannot be imported again")
	case !a.Imported:
		return false, conflict("and was not imported: it was run here")
	case !sameItem(a, b):
		return false, conflict("with other values")
	case !b.HasInput:
		return false, nil // A list item of what is known, in detail or not.
	case !a.HasInput:
		return true, nil
	case a.ProfileVersion != b.ProfileVersion || !sameTokens(a.Input, b.Input) ||
		!slices.EqualFunc(known.Tasks, run.Tasks, sameTask):
		return false, conflict("with another input or other tasks")
	}
	return false, nil
}

// sameItem compares what a list tells of an ingest.
func sameItem(a, b vod.Ingest) bool {
	return a.AssetID == b.AssetID && a.ProfileName == b.ProfileName && a.Status == b.Status &&
		a.Progress == b.Progress && a.Start.UnixMilli() == b.Start.UnixMilli() &&
		a.End.UnixMilli() == b.End.UnixMilli() && a.Error == b.Error && slices.Equal(a.MediaTypes, b.MediaTypes)
}

func sameTask(a, b vod.Task) bool {
	return a.ID == b.ID && a.Step == b.Step && a.Stage == b.Stage && a.Status == b.Status &&
		a.Attempt == b.Attempt && a.Order == b.Order && a.Share == b.Share &&
		a.Start.UnixMilli() == b.Start.UnixMilli() && a.End.UnixMilli() == b.End.UnixMilli() &&
		sameTokens(a.Input, b.Input) && sameTokens(a.Outputs, b.Outputs) && sameError(a.Error, b.Error)
}

func sameError(a, b *vod.StepError) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Class == b.Class && a.Reason == b.Reason && a.Message == b.Message && a.Hint == b.Hint
}

// sameTokens tells whether two documents are the same sequence of JSON tokens:
// equal but for white space and the way in which strings are escaped.
func sameTokens(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, y := json.NewDecoder(bytes.NewReader(a)), json.NewDecoder(bytes.NewReader(b))
	x.UseNumber()
	y.UseNumber()
	for {
		tokenA, errA := x.Token()
		tokenB, errB := y.Token()
		if errA != nil || errB != nil {
			return errors.Is(errA, io.EOF) && errors.Is(errB, io.EOF)
		}
		if tokenA != tokenB {
			return false
		}
	}
}
