package bench

import (
	"slices"
	"testing"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/clustertest"
	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

// installation is a server and workers on Postgres, Temporal and S3, all of them
// processes of this machine.
type installation struct {
	*clustertest.Cluster
	client   *client.Client
	temporal string // host:port
	postgres string // URL
}

// install starts an installation for as long as the benchmark runs.
func install(b *testing.B, o clustertest.Options) *installation {
	b.Helper()
	var err error
	if o.Binary, err = clustertest.Build(b.Context(), b.TempDir()); err != nil {
		b.Fatal(err)
	}
	o.Postgres = pgtest.Start(b, pgtest.Options{Durable: true}).URL("postgres")
	o.Temporal, o.S3 = temporaltest.Start(b).Address, s3test.Start(b)
	o.Flags = append(o.Flags, "--drain", "0s", "--rate-limit", "0")
	in := &installation{Cluster: clustertest.Start(b, o), temporal: o.Temporal, postgres: o.Postgres}
	if in.client, err = client.New(in.URL, client.Options{}); err != nil {
		b.Fatal(err)
	}
	return in
}

// profile applies a profile under the name that its text has.
func (in *installation) profile(b *testing.B, name, text string) {
	b.Helper()
	if _, err := in.client.ApplyProfile(b.Context(), name, []byte(text)); err != nil {
		b.Fatal(err)
	}
}

// submit asks for an ingest and gives its id.
func (in *installation) submit(b *testing.B, asset, source, profile string) string {
	b.Helper()
	accepted, err := in.client.Submit(b.Context(), client.Submission{AssetID: asset, URI: source, Profile: profile, Force: true}, "")
	if err != nil {
		b.Fatal(err)
	}
	return accepted.IngestID
}

// against prints the median of what the rounds measured beside the aim, and how
// far they lie apart.
func against(b *testing.B, what, unit string, aim float64, rounds []float64) {
	b.Helper()
	slices.Sort(rounds)
	middle := rounds[len(rounds)/2]
	b.Logf("%s: median %.2f, from %.2f to %.2f in %d rounds; aim %.2f", what, middle, rounds[0], rounds[len(rounds)-1], len(rounds), aim)
	b.ReportMetric(middle, unit)
	b.ReportMetric(aim, unit+"-aimed-at")
	b.ReportMetric(0, "ns/op")
}

// single is the built-in pipeline with two renditions of one thread each.
const single = `
name: single
retrieval:
- filesetFilter: initialInput
  retrievalProfile: {name: fetch, type: vimond_file_retriever, targetLocation: {name: store}}
  filesetLabelOut: retrieved
encoding:
- filesetFilter: retrieved
  encodingProfile: {name: two, type: FFMPEG, targetLocation: {name: store}, threads: 1, ladder: [{height: 360}, {height: 720}]}
  filesetLabelOut: encoded
packaging:
- filesetFilter: encoded
  packagingProfile: {name: cmaf, type: CMAF, targetLocation: {name: store}}
  filesetLabelOut: packaged
distribution:
- filesetFilter: packaged
  distributionProfile: {name: copy, type: COPY, targetLocation: {name: media}}
  filesetLabelOut: copied
`
