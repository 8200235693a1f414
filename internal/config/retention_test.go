package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const day = Age(24 * time.Hour)

func TestRetention(t *testing.T) {
	t.Parallel()
	const file = `
retention-ingests: 365d
retention:
  acme: {replaced: 48h, ingests: 0}
  beta: {audit: 2d}
`
	c, err := load(t, file, map[string]string{"ORCHESTRATE_RETENTION_AUDIT": "90d"}, "--retention-replaced", "90m")
	if err != nil {
		t.Fatal(err)
	}
	for tenant, want := range map[string][3]Age{
		"acme":  {2 * day, 0, 90 * day},
		"beta":  {Age(90 * time.Minute), 365 * day, 2 * day},
		"other": {Age(90 * time.Minute), 365 * day, 90 * day},
	} {
		if r, i, a := c.Retention.Of(tenant); [3]Age{r, i, a} != want {
			t.Errorf("%s: %v, %v, %v, want %v", tenant, r, i, a, want)
		}
	}
	printed, err := c.Print()
	if err != nil {
		t.Fatal(err)
	}
	again, err := load(t, string(printed), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	if d := cmp.Diff(c.Retention, again.Retention); d != "" {
		t.Errorf("what is printed reads as something else (-want +got):\n%s\n%s", d, printed)
	}
}

func TestRetentionProblems(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"retention-replaced: -1h":           `"-1h" is not a time such as 36h or 90d`,
		"retention-replaced: 1.5d":          `"1.5d" is not a time`,
		"retention-replaced: 90000d":        `is not a time`,
		"retention-ingests: soon":           `"soon" is not a time`,
		"retention: 24h":                    "must be a mapping from tenants to ages",
		"retention: {acme: 24h}":            "retention.acme",
		"retention: {acme: {replaced: x}}":  "times such as 36h or 90d",
		"retention: {acme: {outputs: 24h}}": "retention.acme.outputs",
	} {
		_, err := load(t, file+"\n", nil)
		if problems := problemsOf(t, err); len(problems) != 1 || !strings.Contains(problems[0], want) {
			t.Errorf("%s: %q, want %q", file, problems, want)
		}
	}
}

func TestAgeReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for _, age := range []Age{0, Age(time.Minute), Age(36 * time.Hour), day, 90 * day, Age(maxAge)} {
		var again Age
		if err := again.UnmarshalText([]byte(age.String())); err != nil || again != age {
			t.Errorf("%d is written as %s and read as %d, %v", age, age, again, err)
		}
	}
}
