package dash

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func mpd(set string) []byte {
	return []byte(`<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="p" type="static" mediaPresentationDuration="PT0H0M10S" minBufferTime="PT2S">
<BaseURL>cdn/</BaseURL><Period>` + set + `</Period></MPD>`)
}

func TestAddressing(t *testing.T) {
	t.Parallel()
	const representation = `<Representation id="v1" bandwidth="1000" codecs="avc1.4d401e" mimeType="video/mp4" frameRate="30000/1001"/>`
	for name, tc := range map[string]struct{ set, urls, starts string }{
		"numbers": {`<SegmentTemplate timescale="1000" duration="4000" startNumber="5" media="$RepresentationID$/$Number%03d$$$.m4s"/>`, "v1/005$.m4s v1/006$.m4s v1/007$.m4s", "0 4 8"},
		"times":   {`<SegmentTemplate timescale="10" presentationTimeOffset="10" media="$Time$.m4s"><SegmentTimeline><S t="10" d="40" r="1"/><S d="20"/></SegmentTimeline></SegmentTemplate>`, "10.m4s 50.m4s 90.m4s", "0 4 8"},
		"open":    {`<SegmentTemplate timescale="10" media="$Number$.m4s"><SegmentTimeline><S t="0" d="50" r="-1"/></SegmentTimeline></SegmentTemplate>`, "1.m4s 2.m4s", "0 5"},
		"list":    {`<SegmentList timescale="1" duration="5"><SegmentURL media="a"/><SegmentURL media="b" mediaRange="10-19"/></SegmentList>`, "a b", "0 5"},
		"file":    {``, "", "0"},
	} {
		m, err := Parse(mpd(`<AdaptationSet segmentAlignment="true" lang="en">` + tc.set + representation + `</AdaptationSet>`))
		if err != nil || len(m.Problems) != 0 {
			t.Errorf("%s: %v, %v", name, err, m)
			continue
		}
		set := m.Periods[0].Sets[0]
		r := set.Representations[0]
		var urls, starts []string
		for _, s := range r.Segments {
			urls = append(urls, s.URL)
			starts = append(starts, fmt.Sprint(s.Start))
		}
		if strings.Join(urls, " ") != tc.urls || strings.Join(starts, " ") != tc.starts {
			t.Errorf("%s: %q at %q", name, urls, starts)
		}
		if set.ContentType != "video" || !set.Aligned || m.Duration != 10 || r.BaseURLs[0] != "cdn/" || math.Abs(r.FrameRate-29.97) > 0.01 {
			t.Errorf("%s: %+v", name, set)
		}
	}
}

func TestSegmentBase(t *testing.T) {
	t.Parallel()
	m, err := Parse(mpd(`<AdaptationSet mimeType="audio/mp4"><Representation id="a" bandwidth="1"><BaseURL>a.mp4</BaseURL>
<SegmentBase indexRange="800-899"><Initialization range="0-799"/></SegmentBase></Representation></AdaptationSet>`))
	if err != nil || len(m.Problems) != 0 {
		t.Fatal(err, m)
	}
	r := m.Periods[0].Sets[0].Representations[0]
	if *r.Index != (Range{800, 100}) || r.Init.Range != (Range{0, 800}) || strings.Join(r.BaseURLs, "") != "cdn/a.mp4" {
		t.Errorf("%+v", r)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for set, says := range map[string]string{
		`<AdaptationSet/>`: "no Representation",
		`<AdaptationSet><Representation id="x" mimeType="video/mp4"/></AdaptationSet>`:                                                                                                                                               "@bandwidth is missing",
		`<AdaptationSet><Representation id="x" mimeType="video/mp4" bandwidth="1"><SegmentTemplate media="$Nummer$" duration="1"/></Representation></AdaptationSet>`:                                                                 "stands for nothing",
		`<AdaptationSet><Representation id="x" mimeType="video/mp4" bandwidth="1"><SegmentTemplate media="a"/></Representation></AdaptationSet>`:                                                                                     "how long segments are",
		`<AdaptationSet><Representation id="x" mimeType="video/mp4" bandwidth="1"><SegmentTemplate media="a"><SegmentTimeline><S d="0"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet>`:                       "@d 0",
		`<AdaptationSet><Representation id="x" mimeType="video/mp4" bandwidth="1"><SegmentTemplate timescale="0" media="a" duration="1"/></Representation></AdaptationSet>`:                                                          "@timescale is 0",
		`<AdaptationSet><Representation id="x" mimeType="video/mp4" bandwidth="1"><SegmentTemplate media="$Number$"><SegmentTimeline><S d="1" r="9999999999"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet>`: "more than",
	} {
		m, err := Parse(mpd(set))
		if err != nil {
			t.Errorf("%s: %v", set, err)
			continue
		}
		if !strings.Contains(fmt.Sprint(m.Problems), says) {
			t.Errorf("%s: %v", set, m.Problems)
		}
	}
	for _, text := range []string{"", "<html/>", strings.Repeat("<a>", 1000), "<MPD"} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%.20q is taken for an MPD", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(mpd(`<AdaptationSet><Representation id="x" mimeType="video/mp4" bandwidth="1"><SegmentTemplate timescale="10" media="$Number%05d$"><SegmentTimeline><S d="50" r="-1"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet>`))
	f.Add(mpd(`<AdaptationSet><Representation id="x"><SegmentList duration="5"><SegmentURL media="a" mediaRange="1-2"/></SegmentList></Representation></AdaptationSet>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Parse(text)
		if err != nil {
			return
		}
		count := 0
		for _, p := range m.Periods {
			for _, s := range p.Sets {
				for _, r := range s.Representations {
					count += len(r.Segments)
				}
			}
		}
		if count > maxSegments+maxRepresentations {
			t.Fatalf("%d segments", count)
		}
	})
}
