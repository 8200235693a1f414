package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func searchTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"TextWithEveryOtherFilter":     textWithEveryFilter,
		"OfWhateverCharacters":         textOfAnyCharacters,
		"NamesOfInputFiles":            textInNames,
		"NamesOfUploadsOnceRetrieved":  textInUploads,
		"ShortTextIsAnAsset":           shortText,
		"ErrorsAsTheyChange":           textInErrors,
		"WhatIsDeletedIsNotFound":      textOfDeleted,
		"ImportsByTheirDetail":         textOfImports,
		"ManyThatStartTogether":        textOfTies,
		"StartsOfAllTimes":             textOfAnyTime,
		"ARefusedWriteIsNotFound":      textOfRefused,
		"AHugeInputAndOneThatIsBroken": textOfOddInput,
	}
}

// from has an input of files with the addresses.
func from(uris ...string) func(*vod.Ingest) {
	set := vod.Fileset{Labels: []string{vod.LabelInitialInput}}
	for _, uri := range uris {
		set.Files = append(set.Files, vod.File{MediaType: vod.MediaVideo, URI: uri})
	}
	return func(in *vod.Ingest) {
		input := struct {
			Filesets []vod.Fileset   `json:"filesets"`
			Profile  json.RawMessage `json:"profile"`
		}{[]vod.Fileset{set}, json.RawMessage(`{"name":"inTheProfile"}`)}
		in.Input, _ = json.Marshal(input)
	}
}

func ofAsset(id string) func(*vod.Ingest) { return func(in *vod.Ingest) { in.AssetID = id } }

// found ends the test unless the text gives exactly these ingests, in any order.
func (b bundle) found(text string, want ...vod.Ingest) {
	b.t.Helper()
	page, _ := b.list(store.IngestFilter{Tenant: "t1", Text: text, Limit: 500})
	got, ids := idsOf(page), idsOf(want)
	slices.Sort(got)
	slices.Sort(ids)
	if !slices.Equal(got, ids) {
		b.t.Errorf("of %q: %v, want %v", text, got, ids)
	}
}

// textWithEveryFilter compares lists and counts with what the contract says of
// them, on rows of which many have a text, and start together.
func textWithEveryFilter(_ *testing.T, b bundle) {
	var rows []vod.Ingest
	for i := range 350 {
		rows = append(rows, b.create(ingest(startingAt(i*i%30), being(vod.IngestStatuses()[i%7]), func(in *vod.Ingest) {
			in.Tenant = fmt.Sprint("t", i%2)
			in.AssetID = fmt.Sprint("Film a", i%3)
			in.ProfileName, in.ProfileVersion = fmt.Sprint("p", i/7%3), int64(1+i/21%2)
			from(fmt.Sprintf("https://example.com/%d/Clip%d.mp4?sig=query", i, i%5))(in)
			if in.Status == vod.Failed {
				in.Error = fmt.Sprintf("The film %d is not there.", i%4)
			}
		})))
	}
	slices.SortFunc(rows, inListOrder)
	for _, f := range textCombinations(rows) {
		var want []string
		counts := map[vod.IngestStatus]int{}
		for _, in := range rows {
			if selects(f, in) {
				want = append(want, in.ID)
			}
			all := f
			if all.After = nil; selects(all, in) && counts[in.Status] < 6 {
				counts[in.Status]++
			}
		}
		page, more := b.list(f)
		b.equal(more, len(want) > f.Limit)
		b.equal(idsOf(page), append([]string{}, want[:min(len(want), f.Limit)]...))
		if f.After == nil && f.Limit == 500 {
			got, err := b.IngestCount(b.ctx, f, 6)
			b.ok(err)
			b.equal(got, counts)
		}
	}
}

func textCombinations(rows []vod.Ingest) (all []store.IngestFilter) {
	middle := rows[len(rows)/2]
	statuses := [][]vod.IngestStatus{nil, {vod.Failed}, {vod.Running, vod.Queued, vod.Completed}, vod.IngestStatuses()}
	for _, text := range []string{"film", "LIP3.m", " not there", "none", "query"} {
		for _, asset := range []string{"", "Film a1", "film a1"} {
			for _, profile := range []string{"", "p1", "p1/2", "none"} {
				for _, status := range statuses {
					for bound := range 4 {
						f := store.IngestFilter{Tenant: middle.Tenant, Text: text, AssetID: asset, Statuses: status, Limit: 500}
						name, version, _ := strings.Cut(profile, "/")
						if f.ProfileName = name; version != "" {
							f.ProfileVersion = 2
						}
						if bound&1 != 0 {
							f.From, f.To = at(4), at(25)
						}
						if bound&2 != 0 {
							f.After, f.Limit = &store.Position{Start: middle.Start, ID: middle.ID}, 3
						}
						all = append(all, f)
					}
				}
			}
		}
	}
	for _, id := range []string{middle.ID, "none"} {
		all = append(all, store.IngestFilter{Tenant: middle.Tenant, Text: "film", IngestID: id, Limit: 500})
	}
	return all
}

// hasText is what the contract says of a text.
func hasText(in vod.Ingest, text string) bool {
	var input vod.TaskInput
	_ = json.Unmarshal(in.Input, &input)
	places := []string{in.AssetID, in.Error}
	for _, set := range input.Filesets {
		for _, file := range set.Files {
			address, _, _ := strings.Cut(file.URI, "?")
			places = append(places, address[strings.LastIndexByte(address, '/')+1:])
		}
	}
	return slices.ContainsFunc(places, func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(text)) })
}

// textOfAnyCharacters: what means something in a language of queries means
// nothing here.
func textOfAnyCharacters(_ *testing.T, b bundle) {
	for _, text := range []string{
		`"quoted"`, `100%_done`, `a*b*c`, `one AND two`, `x OR y`, `NOT (this)`, `asset:x`, `{asset} : y`, `^start`, `-minus`, `+plus`, `NEAR(a b)`,
		`''; DROP TABLE ingests; --`, `\back\slash`, `ÅRSREVYEN æøå`, `ΣΊΣΥΦΟΣ`, `Жизнь`, `שלום עולם`, `\u202eחדשות\u2069`, `日本語の番組`, `🎬🎥🎞`, "tab\tand\nline", "null\x00byte",
		"\uE000\uE000t", "bad\xffbytes",
	} {
		in := ingest(ofAsset(text))
		if _, err := b.IngestCreate(b.ctx, in, nil, vod.AuditEntry{}); !textKept(text) && err != nil {
			b.fault(err, vod.Invalid)
			continue
		} else if err != nil {
			b.t.Fatal(err)
		}
		b.found(text, in)
		b.found(text[1:len(text)-1] + "missing")
		b.ok(b.retire(in))
	}
	b.create(ingest(ofAsset("plain")))
	for _, text := range []string{`"`, `""`, `"""`, `%%%`, `___`, `***`, "\x00\x00\x00", `" OR "plain`, `pla*`, "plain\x00"} {
		b.found(text)
	}
	in := b.create(ingest(ofAsset("Ærlig ØST Привет")))
	for _, text := range []string{"ærlig øst", "ÆRLIG", "ПРИВЕТ", "привет"} {
		b.found(text, in)
	}
}

// textKept tells whether every store can keep a text.
func textKept(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// retire ends an ingest and deletes it.
func (b bundle) retire(in vod.Ingest) error {
	b.t.Helper()
	b.setStatus(in.ID, vod.Failed)
	return b.IngestDelete(b.ctx, in.Tenant, in.ID, vod.AuditEntry{})
}

func textInNames(_ *testing.T, b bundle) {
	in := b.create(ingest(from(
		"https://example.com/folder/Main%20Film.mp4?token=hidden#part", "s3://bucket/other/film.sv.vtt", "file:///srv/%C3%A5pent.mov", "film-alone.mp4",
		"https://example.com/odd/100%.mp4", "https://example.com/ends-with/",
	)))
	for _, text := range []string{"main film", "Main%20Film.mp4", "FILM.SV.VTT", "Åpent", "film-alone", "100%.mp4", "tmed", "mp4"} {
		if text == "tmed" {
			b.found(text)
			continue
		}
		b.found(text, in)
	}
	for _, text := range []string{"hidden", "folder", "bucket", "example.com", "inTheProfile", "ends-with", "mp4film"} {
		b.found(text)
	}
}

// textInUploads: what an upload was called is known from its retrieval on.
func textInUploads(_ *testing.T, b bundle) {
	in := b.create(ingest(being(vod.Running), from("upload:0801fc96a3f24c1d9e5b7a6c8d0e2f41")))
	b.found("harbour")
	out := `{"filesets":[{"files":[{"mediaType":"VIDEO","uri":"file:///store/Harbour%20at%20night.mp4"}],"labels":["retrieved"]}]}`
	b.change(in.ID, func(run *vod.Run) {
		t := vod.Task{ID: in.ID + "-r", IngestID: in.ID, Stage: vod.Retrieval, Status: vod.TaskCompleted, Attempt: 1, Order: 1}
		t.Start, t.End, t.Outputs = in.Start, in.Start, json.RawMessage(out)
		run.Tasks = append(run.Tasks, t)
	})
	b.found("harbour at night", in)
	b.setStatus(in.ID, vod.Completed)
	b.found("harbour at night", in)
}

func shortText(_ *testing.T, b bundle) {
	seven := b.create(ingest(ofAsset("7")))
	b.create(ingest(ofAsset("77")))
	ab := b.create(ingest(ofAsset("øå")))
	b.found("7", seven)
	b.found("øå", ab)
	b.found("ØÅ")
	page, _ := b.list(store.IngestFilter{Tenant: "t1", Text: "7", AssetID: "77", Limit: 5})
	b.equal(len(page), 0)
	page, _ = b.list(store.IngestFilter{Tenant: "t1", Text: "777", AssetID: "7", Limit: 5})
	b.equal(len(page), 0)
}

func textInErrors(_ *testing.T, b bundle) {
	in := b.create(ingest(being(vod.Running), from("https://example.com/film.mp4")))
	b.found("bit rate")
	b.change(in.ID, func(run *vod.Run) {
		become(&run.Ingest, vod.Failed)
		run.Ingest.Error = "The bit rate is beyond the profile's."
	})
	b.found("bit rate", in)
	b.found("film.mp4", in)
	b.change(in.ID, func(run *vod.Run) {
		become(&run.Ingest, vod.Queued)
		run.Ingest.Error = ""
	})
	b.found("bit rate")
	b.found("film.mp4", in)
	f := store.IngestFilter{Tenant: "t1", Text: "film.mp4", Statuses: []vod.IngestStatus{vod.Running}, Limit: 5}
	b.setStatus(in.ID, vod.Running) // No entry is written for that.
	page, _ := b.list(f)
	b.equal(idsOf(page), []string{in.ID})
	f.Statuses = []vod.IngestStatus{vod.Queued, vod.Failed}
	page, _ = b.list(f)
	b.equal(len(page), 0)
}

func textOfDeleted(_ *testing.T, b bundle) {
	b.create(ingest(ofAsset("film 1"), being(vod.Failed)))
	last := b.create(ingest(ofAsset("film 2"), being(vod.Failed)))
	_, err := b.AssetDelete(b.ctx, "t1", "film 1", vod.AuditEntry{})
	b.ok(err)
	b.found("film", last)
	b.ok(b.IngestDelete(b.ctx, "t1", last.ID, vod.AuditEntry{}))
	b.found("film")
	next := b.create(ingest(ofAsset("another"), being(vod.Failed))) // It may come to stand where the others stood.
	b.found("film")
	b.found("another", next)
	old := b.create(ingest(ofAsset("film 3"), being(vod.Failed)))
	n, err := b.IngestsExpire(b.ctx, "t1", old.End.Add(time.Hour), 10)
	b.ok(err)
	b.equal(n, 2)
	b.found("film")
}

func textOfImports(_ *testing.T, b bundle) {
	run := item()
	run.Ingest.Tenant = "t1"
	b.imported(run, true)
	b.found("67228", run.Ingest)
	b.found("clip-3253000")
	whole := detail()
	whole.Ingest.Tenant = "t1"
	from("https://example.com/clip-3253000.mp4")(&whole.Ingest)
	b.imported(whole, true)
	b.found("clip-3253000", whole.Ingest)
	other := whole
	other.Ingest.Tenant = "t2"
	b.imported(other, true)
	b.found("clip-3253000", whole.Ingest)
	b.ok(b.IngestDelete(b.ctx, "t1", run.Ingest.ID, vod.AuditEntry{}))
	b.found("clip-3253000")
}

// textOfTies: pages through what starts together, in list order.
func textOfTies(_ *testing.T, b bundle) {
	var all []vod.Ingest
	for i := range 40 {
		all = append(all, b.create(ingest(ofAsset(fmt.Sprint("film", i)), startingAt(i/30))))
	}
	slices.SortFunc(all, inListOrder)
	var seen []string
	f := store.IngestFilter{Tenant: "t1", Text: "film", Limit: 7}
	for more := true; more; {
		var page []vod.Ingest
		page, more = b.list(f)
		f.After = &store.Position{Start: page[len(page)-1].Start, ID: page[len(page)-1].ID}
		seen = append(seen, idsOf(page)...)
	}
	b.equal(seen, idsOf(all))
}

func textOfAnyTime(_ *testing.T, b bundle) {
	var want []string
	for _, year := range []int{9999, 9998, 2249, 2248, 2026, 1970, 1969, 1690, 1, 0} {
		in := b.create(ingest(ofAsset("film"), func(in *vod.Ingest) { in.Start = time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC) }))
		want = append(want, in.ID)
	}
	f := store.IngestFilter{Tenant: "t1", Text: "film", Limit: 500}
	page, _ := b.list(f)
	b.equal(idsOf(page), want)
	for i := range page[:len(page)-1] {
		f.After, f.Limit = &store.Position{Start: page[i].Start, ID: page[i].ID}, 1
		next, _ := b.list(f)
		b.equal(idsOf(next), want[i+1:i+2])
	}
	f = store.IngestFilter{Tenant: "t1", Text: "film", From: page[2].Start, To: page[0].Start, Limit: 5}
	within, _ := b.list(f)
	b.equal(idsOf(within), want[1:3])
}

func textOfRefused(_ *testing.T, b bundle) {
	in := b.create(ingest(ofAsset("first")))
	again := in
	again.AssetID = "second"
	_, err := b.IngestCreate(b.ctx, again, nil, vod.AuditEntry{})
	b.fault(err, vod.Conflict)
	b.found("second")
	b.found("first", in)
	err = b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
		run.Ingest.Error = "third"
		run.Ingest.Progress = -1 // No store takes it.
		return nil
	})
	if err == nil {
		b.t.Error("a progress of -1 is taken")
	}
	b.found("third")
	b.found("first", in)
}

// textOfOddInput: history of others may hold anything.
func textOfOddInput(_ *testing.T, b bundle) {
	for i, input := range []string{``, `{}`, `[]`, `{"filesets":{}}`, `{"filesets":[{"files":3}]}`, `{"a":[1,{"b":2}],"filesets":null}`} {
		in := b.create(ingest(ofAsset(fmt.Sprint("odd", i)), func(in *vod.Ingest) { in.Input = json.RawMessage(input) }))
		b.found(fmt.Sprint("odd", i), in)
	}
	late := b.create(ingest(func(in *vod.Ingest) {
		in.Input = json.RawMessage(`{"profile":{"name":"x","filesets":[]},"filesets":[{"files":[{"uri":"https://example.com/late.mp4"}]}]}`)
	}))
	b.found("late.mp4", late)
	uris := make([]string, 20_000)
	for i := range uris {
		uris[i] = fmt.Sprintf("https://example.com/%d/begin-%d.mp4", i, i)
	}
	huge := b.create(ingest(from(uris...), being(vod.Failed), func(in *vod.Ingest) { in.Error = strings.Repeat("Broken. ", 10_000) }))
	b.found("begin-0.mp4", huge)
	b.found("broken. broken", huge)
}
