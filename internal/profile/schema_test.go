package profile

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/step/distribution"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
	"github.com/via-orchestrate/orchestrate/internal/step/playout"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/step/subtitles"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ownProfile pairs a definition of the schema with the type that a step reads
// such a profile into.
type ownProfile struct {
	definition string
	stage      vod.Stage
	stepType   string
	value      any
}

func ownProfiles() []ownProfile {
	return []ownProfile{
		{"fileRetriever", vod.Retrieval, retrieval.Type, retrieval.Profile{}},
		{"ffmpeg", vod.Encoding, encoding.Type, encoding.Profile{}},
		{"cmaf", vod.Packaging, packaging.Type, packaging.Profile{}},
		{"copy", vod.Distribution, distribution.TypeCopy, distribution.CopyProfile{}},
		{"urlRewrite", vod.Distribution, distribution.TypeURLRewrite, distribution.RewriteProfile{}},
		{"catalog", vod.Playout, playout.TypeCatalog, playout.CatalogProfile{}},
		{"webhook", vod.Playout, playout.TypeWebhook, playout.WebhookProfile{}},
		{"webvtt", vod.SubtitlePublishing, subtitles.Type, subtitles.Profile{}},
		{"rung", "", "", encoding.Rung{}},
		{"audioRendition", "", "", encoding.AudioRendition{}},
		{"loudness", "", "", encoding.Loudness{}},
		{"encryption", "", "", packaging.Encryption{}},
		{"keyServer", "", "", packaging.KeyServer{}},
		{"storage", "", "", vod.Location{BaseURL: "web"}},
		{"origin", "", "", vod.Location{}},
		{"web", "", "", vod.Location{Path: "file", S3Arn: "s3", Endpoint: "s3", Region: "s3", IAMRoleArn: "s3"}},
	}
}

// TestSchemaFollowsTheSteps: the keys that the schema knows are those that the
// steps read, and its step types are those that the steps run.
func TestSchemaFollowsTheSteps(t *testing.T) {
	t.Parallel()
	var schema struct {
		Defs map[string]struct {
			Properties map[string]json.RawMessage `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	types := map[vod.Stage][]string{}
	for _, p := range ownProfiles() {
		var got []string
		for key := range schema.Defs[p.definition].Properties {
			got = append(got, key)
		}
		slices.Sort(got)
		if diff := cmp.Diff(jsonKeys(p.value), got); diff != "" {
			t.Errorf("%s (-step +schema):\n%s", p.definition, diff)
		}
		if p.stepType != "" {
			types[p.stage] = append(types[p.stage], p.stepType)
		}
	}
	for stage, want := range types {
		var kind struct{ Enum []string }
		if err := json.Unmarshal(schema.Defs[stage.ProfileKey()].Properties["type"], &kind); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, kind.Enum); diff != "" {
			t.Errorf("types of %s (-steps +schema):\n%s", stage, diff)
		}
	}
}

// jsonKeys are the keys of a struct's fields that are zero: a field that is set
// marks a key which is not possible in this place.
func jsonKeys(value any) []string {
	var keys []string
	v := reflect.ValueOf(value)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// TestDefaultFitsTheSteps: each step reads its part of the built-in profile
// without a key left over.
func TestDefaultFitsTheSteps(t *testing.T) {
	t.Parallel()
	input, err := Input(defaultParams(func(l vod.Location) (vod.Location, error) { return l, nil }))
	if err != nil {
		t.Fatal(err)
	}
	steps, _, err := Steps(input)
	if err != nil || len(steps) != 7 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	for _, step := range steps {
		i := slices.IndexFunc(ownProfiles(), func(p ownProfile) bool { return p.stage == step.Stage && p.stepType == step.Type })
		if i < 0 {
			t.Fatalf("nothing runs %s %s", step.Stage, step.Type)
		}
		dec := json.NewDecoder(bytes.NewReader(step.Profile))
		dec.DisallowUnknownFields()
		if err := dec.Decode(reflect.New(reflect.TypeOf(ownProfiles()[i].value)).Interface()); err != nil {
			t.Errorf("%s %s: %v", step.Stage, step.Type, err)
		}
	}
}

// TestEveryPatternHasWords: no document meets the message of last resort.
func TestEveryPatternHasWords(t *testing.T) {
	t.Parallel()
	var schema struct {
		Defs map[string]struct{ Pattern string } `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	patterns := 0
	for name, def := range schema.Defs {
		if def.Pattern == "" {
			continue
		}
		patterns++
		if patternMeaning("x#/$defs/"+name) == patternMeaning("x#/$defs/none") {
			t.Errorf("%s has a pattern without words", name)
		}
	}
	if all := bytes.Count(Schema(), []byte(`"pattern"`)); patterns != all {
		t.Errorf("%d patterns stand outside of $defs", all-patterns)
	}
}

func BenchmarkParseDefault(b *testing.B) {
	for b.Loop() {
		if _, err := Parse(DefaultName, defaultText); err != nil {
			b.Fatal(err)
		}
	}
}
