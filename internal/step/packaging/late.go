package packaging

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// addTexts makes a new package of the one that the asset is played from and the
// text tracks, which take the place of those with the same language and marks.
// Nothing of picture and sound is written again: the new folder has hard links
// to the same files, or copies where that is not possible, and lives on without
// the earlier one.
func (r *runner) addTexts(ctx context.Context, job step.Job, profile Profile, in *inputs) (step.Result, error) {
	if err := waits(job); err != nil {
		return step.Result{}, err
	}
	earlier, p, err := r.published(ctx, job)
	if err != nil {
		return step.Result{}, err
	}
	return r.create(ctx, job, profile, func(out *output) (step.Result, error) {
		if out.folder.Staged() { // It is read whole when it is verified.
			if err := job.ReserveMore(earlier.Size()); err != nil {
				return step.Result{}, err
			}
		}
		replaced := in.replace(&p)
		total := max(earlier.Size(), 1)
		out.wrote = func(bytes int64) { job.Progress(min(float64(bytes)/float64(total), 1) * shareWritten) }
		if err := out.takeOver(ctx, earlier, replaced); err != nil {
			return step.Result{}, location.WriteError(out.folder.Path(), err)
		}
		in.cutAt(p.Duration())
		written, err := out.writeTexts(in.texts, p.Duration())
		if err != nil {
			return step.Result{}, location.WriteError(out.folder.Path(), err)
		}
		p.Text = append(p.Text, written...)
		return r.finish(ctx, job, out, p, declaredOf(p.Presentation), in.remarks)
	})
}

// waits refuses to go before an ingest of the same asset that was accepted
// earlier: the package made here would lack what that one publishes, and take its
// place. Other attempts follow, for as long as it takes.
func waits(job step.Job) error {
	if job.Ahead == "" {
		return nil
	}
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonWaits,
		Message: fmt.Sprintf("Ingest %s of asset %s was submitted before and has not ended: the subtitles are to be added to what it publishes.", job.Ahead, job.AssetID),
		Hint:    "Nothing: this one goes on by itself when that one has ended.",
	}
}

// published finds the package that the asset is played from: of several that of
// this step, told by its label.
func (r *runner) published(ctx context.Context, job step.Job) (location.Inventory, manifest.Package, error) {
	uri := publishedURI(job)
	if uri == "" {
		return location.Inventory{}, manifest.Package{}, &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonBadMedia,
			Message: fmt.Sprintf("Asset %s has no published video that these subtitles could be added to, and there is neither video nor audio among the input files.", job.AssetID),
			Hint:    "Ingest the video first, or together with the subtitles.",
		}
	}
	inventory, err := r.locations.Inventory(ctx, job.Tenant, uri)
	if err != nil {
		return location.Inventory{}, manifest.Package{}, unusable(job, "its files are gone", err)
	}
	file, err := inventory.Open(ctx, manifest.PackageName)
	if errors.Is(err, os.ErrNotExist) {
		return location.Inventory{}, manifest.Package{}, unusable(job,
			"it was made by an earlier release, which did not note down what later subtitles need ("+manifest.PackageName+")", err)
	}
	if err != nil {
		return location.Inventory{}, manifest.Package{}, unreadable(manifest.PackageName, err)
	}
	defer file.Close()
	p, err := manifest.ReadPackage(file)
	if err != nil {
		return location.Inventory{}, manifest.Package{}, unusable(job, err.Error(), err)
	}
	return inventory, p, nil
}

func publishedURI(job step.Job) string {
	if job.Published == nil {
		return ""
	}
	uri := ""
	for _, fileset := range job.Published.Packaged {
		for _, f := range fileset.Files {
			if f.MediaType != vod.MediaHLS && f.MediaType != vod.MediaDASH {
				continue
			}
			if job.LabelOut != "" && fileset.Has(job.LabelOut) {
				return f.URI
			}
			if uri == "" {
				uri = f.URI
			}
		}
	}
	return uri
}

// unusable is the error for a published package that nothing can be added to.
func unusable(job step.Job, why string, err error) error {
	return &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Cause: err,
		Message: fmt.Sprintf("The subtitles cannot be added to the package that asset %s is played from (ingest %s): %s.",
			job.AssetID, job.Published.IngestID, why),
		Hint: "Ingest the video again, together with the subtitles.",
	}
}

// replace takes the text tracks out that the new ones replace, names the new
// ones, and gives the folders of those that go.
func (in *inputs) replace(p *manifest.Package) (folders []string) {
	p.Text = slices.DeleteFunc(p.Text, func(old manifest.TextTrack) bool {
		gone := slices.ContainsFunc(in.texts, func(t *textSource) bool { return t.out.SamePurpose(old) })
		if gone {
			folders = append(folders, old.Folder)
			in.remark("The subtitles %q were replaced.", old.Name)
		}
		return gone
	})
	if slices.ContainsFunc(in.texts, func(t *textSource) bool { return t.out.Default }) {
		for i := range p.Text {
			p.Text[i].Default = false
		}
	}
	nameTexts(in.texts, p.Text)
	return folders
}

// declaredOf are the tracks as they were when the package was made.
func declaredOf(p manifest.Presentation) []declared {
	var out []declared
	for i, t := range p.Tracks() {
		var units int64
		for _, s := range t.Segments {
			units += s.Duration
		}
		out = append(out, declared{t.Folder, i < len(p.Video), t.Codecs, float64(units) / float64(t.Timescale), float64(t.Segments[0].Start) / float64(t.Timescale)})
	}
	return out
}

// takeOver puts every file of an earlier package into the folder but those that
// are written anew and those in the folders left out.
func (o *output) takeOver(ctx context.Context, earlier location.Inventory, without []string) error {
	for _, entry := range earlier.Files {
		top, _, _ := strings.Cut(entry.Name, "/")
		switch entry.Name {
		case manifest.MultivariantName, manifest.MPDName, manifest.PackageName:
			continue
		}
		if slices.Contains(without, top) {
			continue
		}
		if err := o.takeFile(ctx, earlier, entry); err != nil {
			return fmt.Errorf("take over %s: %w", entry.Name, err)
		}
		o.bytes += entry.Size
		o.wrote(o.bytes)
	}
	return nil
}

// takeFile takes one file, and tells one that is gone or was changed apart from
// what else can go wrong.
func (o *output) takeFile(ctx context.Context, earlier location.Inventory, entry location.Entry) error {
	err := o.folder.Take(ctx, earlier, entry)
	var se *vod.StepError
	if errors.As(err, &se) && (se.Reason == vod.ReasonChecksum || se.Reason == vod.ReasonSourceMissing || se.Reason == vod.ReasonSourceUnreadable) {
		return changed(entry.Name, err)
	}
	return err
}

func changed(name string, err error) error {
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: err,
		Message: fmt.Sprintf("%s of the published package is not as it was when it was made.", name),
		Hint:    "Check the disk that holds it; ingest the video again, together with the subtitles.",
	}
}
