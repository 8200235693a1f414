package conformance

import (
	"context"
	"slices"
	"strings"
)

func taskChecks() []Check {
	const group = "Tasks"
	return []Check{
		{
			ID: "task.keys", Group: group, Title: "Tasks have exactly the page's keys in the page's order", Level: Contract,
			Source: "page: the task of the example", run: taskKeysCheck,
		},
		{
			ID: "task.types", Group: group, Title: "Each member of a task has the page's type", Level: Contract,
			Source: "page: the task of the example", run: taskTypes,
		},
		{
			ID: "task.times", Group: group, Title: "Times of tasks are ISO 8601 in UTC with three decimals and Z", Level: Contract,
			Source: "page: the task of the example", run: taskTimes,
		},
		{
			ID: "task.elapsed", Group: group, Title: "elapsedTime of a task is endTime - startTime in milliseconds", Level: Contract,
			Source: "page: the task of the example", run: taskElapsed,
		},
		{
			ID: "task.progress", Group: group, Title: "progress of a task is a whole number from 0 to 100", Level: Contract,
			Source: "page: percentage of progress", run: taskProgress,
		},
		{
			ID: "task.files", Group: group, Title: "Input has filesets and profile, outputs have filesets, in the page's form", Level: Contract,
			Source: "page: the task of the example", run: taskFiles,
		},
		{
			ID: "task.unique", Group: group, Title: "No two tasks of an ingest have the same id", Level: Contract,
			Source: "page: the id of the task", run: taskUnique,
		},
		{
			ID: "task.name", Group: group, Title: "name is of the six stages, in capitals", Level: Extension,
			Source: "page: RETRIEVAL, and the stages of the profile; ours: the others' spelling", run: taskName,
		},
		{
			ID: "task.status", Group: group, Title: "status is of the six documented ones", Level: Extension,
			Source: "page: TASK_COMPLETED; ours: the other five", run: taskStatus,
		},
		{
			ID: "task.error", Group: group, Title: "A task has error, as its last key, if and only if it is TASK_FAILED", Level: Extension,
			Source: "ours: the page shows no failed task", run: taskError,
		},
		{
			ID: "task.over", Group: group, Title: "Once the ingest is over, so are its tasks", Level: Extension, moving: true,
			Source: "ours: an ingest ends after its tasks", run: taskOver,
		},
	}
}

func (t task) what() string { return "task " + short(t.get("id").str()) }

// eachTask makes a check of every task that was read.
func (r *run) eachTask(look func(*verdict, task)) (v verdict) {
	tasks := r.look.tasks()
	for _, t := range tasks {
		look(&v, t)
	}
	return v.orUntested(len(tasks), "no ingest that was read has a task")
}

func taskKeysCheck(_ context.Context, r *run) verdict {
	return r.eachTask(func(v *verdict, t task) {
		keys := taskKeys()
		if t.get("status").str() == "TASK_FAILED" && t.get("error") != nil {
			keys = append(keys, "error")
		}
		v.hasKeys(t.of.answer, "a task", t.value, keys...)
	})
}

func taskTypes(_ context.Context, r *run) verdict {
	return r.eachTask(func(v *verdict, t task) {
		v.hasTypes(t.of.answer, t.what(), t.value, "outputs", "object", "input", "object", "name", "string", "progress", "number",
			"startTime", "string", "endTime", "string|null", "id", "string", "status", "string", "elapsedTime", "number", "error", "string")
	})
}

func taskTimes(_ context.Context, r *run) verdict {
	return r.eachTask(func(v *verdict, t task) { v.hasTimes(t.of.answer, t.what(), t.value) })
}

func taskElapsed(_ context.Context, r *run) verdict {
	ended := 0
	v := r.eachTask(func(v *verdict, t task) {
		if v.addsUp(t.of.answer, t.what(), t.value) {
			ended++
		}
	})
	return v.orUntested(ended, "no task has ended")
}

func taskProgress(_ context.Context, r *run) verdict {
	return r.eachTask(func(v *verdict, t task) { v.inPercent(t.of.answer, t.what(), t.value) })
}

func taskFiles(_ context.Context, r *run) verdict {
	return r.eachTask(func(v *verdict, t task) {
		v.hasKeys(t.of.answer, "input of a task", t.get("input"), "filesets", "profile")
		v.hasTypes(t.of.answer, "input of a task", t.get("input"), "profile", "object")
		v.hasFilesets(t.of.answer, "input of a task", t.get("input"))
		v.hasKeys(t.of.answer, "outputs of a task", t.get("outputs"), "filesets")
		v.hasFilesets(t.of.answer, "outputs of a task", t.get("outputs"))
	})
}

func taskUnique(_ context.Context, r *run) verdict {
	seen := map[string]bool{}
	return r.eachTask(func(v *verdict, t task) {
		key := t.of.row.id() + " " + t.get("id").str()
		v.unless(!seen[key], t.of.answer, "ids that differ", t.what()+" twice")
		seen[key] = true
	})
}

func taskName(_ context.Context, r *run) verdict {
	names := []string{"RETRIEVAL", "ENCODING", "PACKAGING", "SUBTITLE_PUBLISHING", "DISTRIBUTION", "PLAYOUT"}
	return r.eachTask(func(v *verdict, t task) {
		v.unless(slices.Contains(names, t.get("name").str()), t.of.answer, "one of "+strings.Join(names, ", "), short(t.get("name").String()))
	})
}

func taskStatus(_ context.Context, r *run) verdict {
	names := []string{"TASK_PENDING", "TASK_RUNNING", "TASK_COMPLETED", "TASK_SKIPPED", "TASK_FAILED", "TASK_CANCELLED"}
	return r.eachTask(func(v *verdict, t task) {
		v.unless(slices.Contains(names, t.get("status").str()), t.of.answer, "one of "+strings.Join(names, ", "), short(t.get("status").String()))
	})
}

func taskError(_ context.Context, r *run) verdict {
	return r.eachTask(func(v *verdict, t task) {
		failed, has := t.get("status").str() == "TASK_FAILED", t.get("error") != nil
		last := has && t.names[len(t.names)-1] == "error"
		v.unless(failed == has && has == last, t.of.answer, "error as the last key of TASK_FAILED alone",
			t.get("status").str()+" with the keys "+strings.Join(t.names, ", "))
		v.unless(!failed || t.get("error").str() != "", t.of.answer, "an error that says why", t.get("error").String())
	})
}

func taskOver(_ context.Context, r *run) verdict {
	ended := 0
	v := r.eachTask(func(v *verdict, t task) {
		if !t.of.settled() {
			return
		}
		ended++
		v.unless(t.get("endTime").is("string"), t.of.answer, "an endTime of "+t.what()+", as its ingest is over", t.get("status").String())
	})
	return v.orUntested(ended, "no ingest that is over has a task")
}
