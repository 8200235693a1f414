package conformance

import (
	"context"
	"slices"
	"strconv"
)

func profileChecks() []Check {
	const group = "Input"
	return []Check{
		{
			ID: "input.keys", Group: group, Title: "input has filesets and profile; profile has name, details and id", Level: Contract,
			Source: "page: the example of a detail", run: inputKeys,
		},
		{
			ID: "input.files", Group: group, Title: "Filesets have files and labels, files have the page's four keys", Level: Contract,
			Source: "page: the example of a detail", run: inputFiles,
		},
		{
			ID: "profile.keys", Group: group, Title: "input.profile.details has exactly the page's keys in the page's order", Level: Contract,
			Source: "page: the example of a detail", run: profileKeysCheck,
		},
		{
			ID: "profile.types", Group: group, Title: "Its members have the page's types; ids of versions are numbers", Level: Contract,
			Source: "page: the example of a detail", run: profileTypes,
		},
		{
			ID: "profile.values", Group: group, Title: "It names the ingest's profile, version, id, tenant, asset and files", Level: Contract,
			Source: "page: the example of a detail", run: profileValues,
		},
		{
			ID: "profile.steps", Group: group, Title: "A step has filesetFilter, its stage's profile with a type, filesetLabelOut", Level: Contract,
			Source: "page: the example of a detail", run: profileSteps,
		},
		{
			ID: "profile.asset", Group: group, Title: "assetId there is a number if it is all digits, else a string", Level: Extension,
			Source: "page: 867228 as a number; ours: ids that are none", run: profileAsset,
		},
	}
}

// eachInput makes a check of every detail that has an input.
func (r *run) eachInput(look func(v *verdict, d detail, input *value)) (v verdict) {
	looked := 0
	for _, d := range r.look.details {
		if input := d.json.get("input"); d.ok() && input.is("object") {
			looked++
			look(&v, d, input)
		}
	}
	return v.orUntested(looked, "no detail has an input")
}

func inputKeys(_ context.Context, r *run) verdict {
	return r.eachInput(func(v *verdict, d detail, input *value) {
		v.hasKeys(d.answer, "input", input, "filesets", "profile")
		v.hasKeys(d.answer, "input.profile", input.get("profile"), "name", "details", "id")
		v.hasTypes(d.answer, "input.profile", input.get("profile"), "name", "string", "details", "object", "id", "number")
	})
}

func inputFiles(_ context.Context, r *run) verdict {
	files := 0
	v := r.eachInput(func(v *verdict, d detail, input *value) { files += v.hasFilesets(d.answer, "input", input) })
	return v.orUntested(files, "no input has a file")
}

func profileKeysCheck(_ context.Context, r *run) verdict {
	return r.eachInput(func(v *verdict, d detail, input *value) {
		v.hasKeys(d.answer, "input.profile.details", input.get("profile", "details"), profileKeys()...)
	})
}

func stages() []string {
	return []string{"retrieval", "encoding", "packaging", "subtitlePublishing", "distribution", "playout"}
}

func profileTypes(_ context.Context, r *run) verdict {
	return r.eachInput(func(v *verdict, d detail, input *value) {
		v.hasTypes(d.answer, "input.profile.details", input.get("profile", "details"), "profileName", "string", "profileVersionId", "number",
			"packaging", "array", "encoding", "array", "distribution", "array", "playout", "array", "pipelineVersion", "string",
			"executionId", "string", "assetId", "number|string", "retrieval", "array", "subtitlePublishing", "array", "filesets", "array",
			"tenant", "string")
	})
}

func profileValues(_ context.Context, r *run) verdict {
	return r.eachInput(func(v *verdict, d detail, input *value) {
		profile := input.get("profile")
		details := profile.get("details")
		for _, pair := range []struct {
			what      string
			want, got *value
		}{
			{"input.profile.name: the profileName", d.json.get("profileName"), profile.get("name")},
			{"details.profileName: the profileName", d.json.get("profileName"), details.get("profileName")},
			{"details.profileVersionId: the profile's id", profile.get("id"), details.get("profileVersionId")},
			{"details.executionId: the ingestId", d.json.get("ingestId"), details.get("executionId")},
			{"details.tenant: the tenant", d.json.get("tenant"), details.get("tenant")},
			{"details.filesets: the input's filesets", input.get("filesets"), details.get("filesets")},
		} {
			v.unless(same(pair.want, pair.got), d.answer, pair.what+", "+short(pair.want.String()), short(pair.got.String()))
		}
		asset := details.get("assetId")
		v.unless(asset != nil && asset.text == d.json.get("assetId").str(), d.answer,
			"details.assetId "+short(d.json.get("assetId").str()), short(asset.String()))
	})
}

func profileSteps(_ context.Context, r *run) verdict {
	steps := 0
	v := r.eachInput(func(v *verdict, d detail, input *value) {
		for _, stage := range stages() {
			for _, step := range input.get("profile", "details", stage).list() {
				steps++
				v.isStep(d.answer, stage, step)
			}
		}
	})
	return v.orUntested(steps, "no profile has a step")
}

// isStep takes the keys in any order, as the page has them.
func (v *verdict) isStep(a *answer, stage string, step *value) {
	names := slices.Sorted(slices.Values(step.names))
	want := []string{"filesetFilter", "filesetLabelOut", stage + "Profile"}
	slices.Sort(want)
	v.unless(slices.Equal(names, want), a, "a step of "+stage+" with filesetFilter, "+stage+"Profile, filesetLabelOut", short(step.String()))
	v.hasTypes(a, "a step of "+stage, step, "filesetFilter", "string", stage+"Profile", "object", "filesetLabelOut", "string|null")
	v.unless(step.get(stage+"Profile", "type").is("string"), a, "a type of "+stage+"Profile", short(step.get(stage+"Profile").String()))
}

func profileAsset(_ context.Context, r *run) verdict {
	return r.eachInput(func(v *verdict, d detail, input *value) {
		asset, want := input.get("profile", "details", "assetId"), "string"
		if digits(d.json.get("assetId").str()) {
			want = "number"
		}
		v.unless(asset.is(want), d.answer, "details.assetId as a "+want, short(asset.String()))
	})
}

// digits tells whether the text is a number as JSON writes it, of 64 bits.
func digits(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}
