package check

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// long is a track with so many segments of four seconds.
func long(name, kind string, segments int) *track {
	t := &track{name: name, kind: kind, header: &mp4.Track{Timescale: 1000}}
	for i := range segments {
		start := int64(4000 * i)
		t.segments = append(t.segments, segment{start: start, end: start + 4000, earliest: start, latest: start + 4000, samples: 100})
	}
	return t
}

// A day in many languages is compared without going through all segments for
// each of them.
//
//nolint:paralleltest // Allocations are counted.
func TestManySegments(t *testing.T) {
	video, sound := long("video", kindVideo, 20_000), long("audio", kindAudio, 20_000)
	if n := testing.AllocsPerRun(1, func() {
		if at := sound.offBoundary(video); at != -1 {
			t.Errorf("segment %d is off", at)
		}
	}); n > 1000 {
		t.Errorf("%.0f allocations", n)
	}
	sound.segments[15_000].earliest += 500
	if at := sound.offBoundary(video); at != 15_000 {
		t.Errorf("segment %d is off", at)
	}
}

// A configuration may be of another format than its sample entry names.
func TestForeignConfiguration(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"avc1", "hvc1", "av01", "vp09"} {
		for n := range 14 {
			profileOf(make([]byte, n), format)
		}
	}
	if got := profileOf([]byte{1, 100, 0, 31, 3}, "avc1"); string(got) != "\x64\x00\x1f" {
		t.Errorf("% x", got)
	}
}

// After a discontinuity decode times start anew.
func TestDiscontinuity(t *testing.T) {
	t.Parallel()
	for _, restart := range []bool{false, true} {
		x := long("audio", kindAudio, 3)
		x.header.Entry.Codecs = "mp4a.40.2"
		x.first = &rendition{header: &part{address: "init.mp4"}}
		for i := range x.segments {
			s := &x.segments[i]
			s.sync, s.shownFirst, s.firstNumber, s.lastNumber = true, true, uint32(i+1), uint32(i+1)
		}
		x.segments[2].start += 90_000
		x.segments[2].restart = restart
		r := &run{findings: newFindings()}
		r.judgeTrack(x)
		if got := len(r.list) == 0; got != restart {
			t.Errorf("discontinuity %t: %v", restart, r.list)
		}
	}
}

// What stands behind the question mark of an address may be a secret.
func TestQueriesAreNotShown(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	address := server.URL + "/a.m3u8?token=secret"
	r := &run{findings: newFindings(), Options: Options{
		Source: &fetch.Web{Client: fetch.NewClient(server.Client().Transport)}, Manifests: []string{address},
	}}
	err := r.read(t.Context())
	report := r.report()
	shown := server.URL + "/a.m3u8?…"
	if !errors.Is(err, ErrUnreadable) || len(report.Findings) != 1 || report.Findings[0].Where != shown || report.Manifests[0] != shown {
		t.Errorf("%v, %+v", err, report)
	}
	if _, err := r.Source.Resolve(address, "%zz?token=secret"); err == nil || err.Error() != "a reference is no address" {
		t.Error(err)
	}
}

// A hostile presentation may break rules a million times.
func TestManyFindings(t *testing.T) {
	t.Parallel()
	f := newFindings()
	for i := range 2 * maxSeen {
		f.add(ruleSync, "a", "segment %d", i)
		f.add(ruleSync, "a", "segment %d", 0)
	}
	list := f.sorted()
	if len(f.seen) != maxSeen || len(list) != maxPerRule+1 || list[maxPerRule].Message != "39975 more of these" {
		t.Errorf("%d are kept, %d told, last %+v", len(f.seen), len(list), list[len(list)-1])
	}
}
