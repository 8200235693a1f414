package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// The keys that the API page shows, in its order.
func listKeys() []string { return []string{"items", "count", "cursor"} }

func itemKeys() []string {
	return []string{
		"ingestId", "assetId", "detailsUrl", "profileName", "error", "mediaTypes", "progress", "startTime", "endTime", "status", "elapsedTime",
	}
}

func detailKeys() []string {
	return []string{
		"status", "startTime", "endTime", "progress", "elapsedTime", "assetId", "ingestId", "tenant", "profileName", "input", "mediaTypes", "tasks", "error",
	}
}

func profileKeys() []string {
	return []string{
		"profileName", "profileVersionId", "packaging", "encoding", "distribution", "playout", "pipelineVersion", "executionId", "assetId",
		"retrieval", "subtitlePublishing", "filesets", "tenant",
	}
}

func taskKeys() []string {
	return []string{"outputs", "input", "name", "progress", "startTime", "endTime", "id", "status", "elapsedTime"}
}

// hasKeys wants an object with exactly these keys in this order.
func (v *verdict) hasKeys(a *answer, what string, object *value, keys ...string) {
	if object.is("object") && slices.Equal(object.names, keys) {
		return
	}
	got := object.typeName()
	if object.is("object") {
		got = strings.Join(object.names, ", ")
	}
	v.differ(a, fmt.Sprintf("%s with the keys %s", what, strings.Join(keys, ", ")), short(got))
}

// hasTypes wants members of these types, given as name and types in turn.
// What is missing is for hasKeys to tell.
func (v *verdict) hasTypes(a *answer, what string, object *value, types ...string) {
	for i := 0; i < len(types); i += 2 {
		member := object.get(types[i])
		if member != nil && !member.is(types[i+1]) {
			v.differ(a, fmt.Sprintf("%s of %s as %s", types[i], what, strings.ReplaceAll(types[i+1], "|", " or ")),
				member.typeName()+" "+short(member.String()))
		}
	}
}

// allStrings wants an array of strings.
func (v *verdict) allStrings(a *answer, what string, list *value) {
	for _, element := range list.list() {
		v.unless(element.is("string"), a, what+" as an array of strings", short(list.String()))
	}
}

// hasTimes wants times as ISO 8601 in UTC with three decimals and Z.
func (v *verdict) hasTimes(a *answer, what string, object *value) {
	for _, name := range []string{"startTime", "endTime"} {
		if member := object.get(name); member.is("string") {
			v.unless(isTime(member), a, name+" of "+what+" as 2021-12-08T10:50:21.481Z", member.String())
		}
	}
}

// addsUp wants elapsedTime = endTime - startTime in milliseconds, and tells
// whether there was an end.
func (v *verdict) addsUp(a *answer, what string, object *value) bool {
	start, end := moment(object.get("startTime")), moment(object.get("endTime"))
	if start.IsZero() || end.IsZero() {
		return false
	}
	want := end.Sub(start).Milliseconds()
	got, ok := object.get("elapsedTime").whole()
	v.unless(ok && got == want, a, fmt.Sprintf("elapsedTime %d of %s, from startTime to endTime", want, what),
		short(object.get("elapsedTime").String()))
	return true
}

// inPercent wants a progress from 0 to 100.
func (v *verdict) inPercent(a *answer, what string, object *value) {
	progress, ok := object.get("progress").whole()
	v.unless(ok && progress >= 0 && progress <= 100, a, "progress of "+what+" as a whole number from 0 to 100",
		short(object.get("progress").String()))
}

// hasFilesets looks at the filesets of an input or outputs.
func (v *verdict) hasFilesets(a *answer, what string, of *value) (looked int) {
	filesets := of.get("filesets")
	v.unless(filesets.is("array"), a, what+" with an array filesets", filesets.typeName())
	for _, set := range filesets.list() {
		keys := []string{"files", "labels"}
		if set.get("location") != nil {
			keys = []string{"files", "location", "labels"}
		}
		v.hasKeys(a, "a fileset of "+what, set, keys...)
		v.hasTypes(a, "a fileset of "+what, set, "files", "array", "location", "object", "labels", "array")
		v.allStrings(a, "labels of "+what, set.get("labels"))
		for _, file := range set.get("files").list() {
			looked++
			v.hasKeys(a, "a file of "+what, file, "mediaType", "language", "uri", "md5sum")
			v.hasTypes(a, "a file of "+what, file, "mediaType", "string", "language", "string|null", "uri", "string", "md5sum", "string|null")
		}
	}
	return looked
}
