package conformance

import (
	"context"
	"fmt"
	"net/http"
)

func cancelChecks() []Check {
	const group = "Cancel"
	return []Check{
		{
			ID: "cancel.unknown", Group: group, Title: "Cancelling what does not exist is a 404", Level: Contract,
			Source: "page: a running ingest is cancelled by its id; RFC 9110 section 15.5.5", run: cancelUnknown,
		},
		{
			ID: "cancel.finished", Group: group, Title: "COMPLETED, SKIPPED and FAILED ingests are a 409, and stay as they are", Level: Extension,
			Source: "ours: what is over cannot be cancelled", run: cancelFinished,
		},
		{
			ID: "cancel.cancelled", Group: group, Title: "Cancelling a CANCELLED ingest again is a 204", Level: Extension,
			Source: "ours: cancel can be repeated", run: cancelCancelled,
		},
		{
			ID: "cancel.running", Group: group, Title: "Cancelling a running ingest is a 204 without a body", Level: Contract,
			Source: "page: a response code 204 with no content", run: cancelRunning,
		},
		{
			ID: "cancel.end", Group: group, Title: "It then ends CANCELLED, with its unfinished tasks TASK_CANCELLED", Level: Extension,
			Source: "ours: after a 204 the end is always CANCELLED", run: cancelEnd,
		},
	}
}

const (
	needsWrite   = "it may act on a server that does not keep the rules (--write allows it)"
	mayNotCancel = "the token may not cancel"
)

// forbidden tells that the server knows the token, and that it lacks the right.
func (r *run) forbidden(a *answer) bool {
	return r.options.Token != "" && a.status == http.StatusForbidden
}

func (r *run) cancel(ctx context.Context, id string) *answer {
	return r.ask(ctx, request{method: http.MethodDelete, path: "/cancel/" + detailPath(id)[len("/ingests/"):]})
}

func cancelUnknown(ctx context.Context, r *run) (v verdict) {
	a := r.cancel(ctx, unknownID)
	if r.forbidden(a) {
		return untested(mayNotCancel)
	}
	v.unless(a.status == http.StatusNotFound, a, "404", a.String())
	return v
}

func cancelFinished(ctx context.Context, r *run) (v verdict) {
	if !r.options.Write {
		return untested(needsWrite)
	}
	looked := 0
	for _, status := range []string{"COMPLETED", "SKIPPED", "FAILED"} {
		row, ok := r.look.of(status)
		if !ok {
			continue
		}
		looked++
		a := r.cancel(ctx, row.id())
		if r.forbidden(a) {
			return untested(mayNotCancel)
		}
		v.unless(a.status == http.StatusConflict, a, "409 for an ingest that is "+status, a.String())
		after := r.get(ctx, detailPath(row.id()))
		v.unless(after.json.get("status").str() == status, after, "still "+status, short(after.json.get("status").String()))
	}
	return v.orUntested(looked, "no ingest is COMPLETED, SKIPPED or FAILED")
}

func cancelCancelled(ctx context.Context, r *run) (v verdict) {
	if !r.options.Write {
		return untested(needsWrite)
	}
	row, ok := r.look.of("CANCELLED")
	if !ok {
		return untested("no ingest is CANCELLED")
	}
	a := r.cancel(ctx, row.id())
	if r.forbidden(a) {
		return untested(mayNotCancel)
	}
	v.accepted(a)
	return v
}

func (v *verdict) accepted(a *answer) {
	v.unless(a.status == http.StatusNoContent && len(a.body) == 0, a, "204 without a body", a.String())
}

func cancelRunning(ctx context.Context, r *run) (v verdict) {
	if r.guest.id == "" {
		return untested("%s", r.guest.why)
	}
	a := r.cancel(ctx, r.guest.id)
	r.guest.cancelled = a.status == http.StatusNoContent
	v.accepted(a)
	return v
}

func cancelEnd(ctx context.Context, r *run) (v verdict) {
	if !r.guest.cancelled {
		return untested("no running ingest was cancelled: %s", r.guest.why)
	}
	a := r.follow(ctx, func(status string) bool { return over(status) })
	v.unless(a.json.get("status").str() == "CANCELLED", a, "CANCELLED", short(a.json.get("status").String()))
	for _, t := range a.json.get("tasks").list() {
		status := t.get("status").str()
		v.unless(status == "TASK_CANCELLED" || status == "TASK_COMPLETED" || status == "TASK_SKIPPED", a,
			"unfinished tasks as TASK_CANCELLED", fmt.Sprintf("%s %s", t.get("name").str(), status))
	}
	v.accepted(r.cancel(ctx, r.guest.id))
	return v
}
