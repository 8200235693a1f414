package distribution

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Copy runs steps of type COPY.
type Copy struct{ locations *location.Set }

var (
	_ step.Runner    = (*Copy)(nil)
	_ step.Estimator = (*Copy)(nil)
)

// NewCopy makes a runner.
func NewCopy(locations *location.Set) *Copy { return &Copy{locations} }

// Run implements [step.Runner].
func (c *Copy) Run(ctx context.Context, job step.Job) (step.Result, error) {
	var profile CopyProfile
	if err := parseProfile(job.Profile, &profile); err != nil {
		return step.Result{}, err
	}
	trees, err := c.plan(ctx, job, profile.SourceLocation)
	if err != nil {
		return step.Result{}, ended(ctx, err)
	}
	folder, err := c.locations.Create(ctx, job, profile.TargetLocation)
	if err != nil {
		return step.Result{}, ended(ctx, err)
	}
	if err := transfer(ctx, job, trees, folder); err != nil {
		if derr := folder.Discard(ctx); derr != nil {
			job.Log.WarnContext(ctx, "partial files stay until they are swept", "folder", folder.Path(), "error", derr)
		}
		return step.Result{}, ended(ctx, err)
	}
	loc := folder.Location()
	var outputs []vod.Fileset
	for _, in := range job.Inputs {
		out := vod.Fileset{Files: []vod.File{}, Location: &loc, Labels: in.OutputLabels(job.LabelOut)}
		for _, f := range in.Files {
			f.URI = folder.URI(trees.target(f.URI))
			out.Files = append(out.Files, f)
		}
		outputs = append(outputs, out)
	}
	return step.Result{Outputs: outputs}, nil
}

// Needs implements [step.Estimator]: what the storage itself cannot copy passes
// through this machine.
func (c *Copy) Needs(ctx context.Context, job step.Job) (bytes int64, err error) {
	var profile CopyProfile
	if err := parseProfile(job.Profile, &profile); err != nil {
		return 0, err
	}
	p, err := c.plan(ctx, job, profile.SourceLocation)
	if err != nil {
		return 0, err
	}
	for _, t := range p.trees {
		if !c.locations.Staged(ctx, job.Tenant, t.source, profile.TargetLocation) {
			continue
		}
		for _, e := range t.files {
			bytes += e.Size
		}
	}
	return bytes, nil
}

// ended prefers why the context was ended over what broke because of it.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// tree is a folder to copy: all of it, or entry files of one that has no
// inventory.
type tree struct {
	source location.Inventory
	prefix string // folder in the target, with slashes; empty: the target itself
	files  []location.Entry
}

// plan is what to copy, and where each entry file comes to be.
type plan struct {
	trees   []*tree
	entries map[string]entry // by source address
}

type entry struct {
	tree *tree
	name string // below the tree
}

// target is the name in the target folder of an entry file.
func (p plan) target(uri string) string {
	e := p.entries[uri]
	return path.Join(e.tree.prefix, e.name)
}

// plan finds the distinct folders that hold the entry files: HLS and DASH
// filesets share one. A single folder becomes the target folder; of several,
// each gets a numbered one within it.
func (c *Copy) plan(ctx context.Context, job step.Job, from *vod.Location) (plan, error) {
	p := plan{entries: map[string]entry{}}
	source, err := resolve(c.locations, job.Tenant, from)
	if err != nil {
		return plan{}, err
	}
	byFolder := map[string]*tree{}
	for _, in := range job.Inputs {
		for _, f := range in.Files {
			if _, ok := p.entries[f.URI]; ok {
				continue
			}
			if source != nil {
				if _, err := below(*source, f.URI); err != nil {
					return plan{}, err
				}
			}
			if err := c.add(ctx, job, f.URI, &p, byFolder); err != nil {
				return plan{}, err
			}
		}
	}
	for i, t := range p.trees {
		if len(p.trees) > 1 {
			t.prefix = strconv.Itoa(i + 1)
		}
	}
	return p, nil
}

// add puts one entry file, and the folder around it, into the plan.
func (c *Copy) add(ctx context.Context, job step.Job, uri string, p *plan, byFolder map[string]*tree) error {
	inv, err := c.locations.Inventory(ctx, job.Tenant, uri)
	bare := errors.Is(err, fs.ErrNotExist) && inv.Folder() != "" // a plain file: it alone is copied
	if err != nil && !bare {
		return err
	}
	t := byFolder[inv.Folder()]
	if t == nil {
		t = &tree{source: inv, files: inv.Files}
		byFolder[inv.Folder()] = t
		p.trees = append(p.trees, t)
	}
	p.entries[uri] = entry{t, inv.Name}
	if bare {
		e, err := entryOf(ctx, inv)
		if err != nil {
			return err
		}
		t.files = append(t.files, e)
		return nil
	}
	if _, listed := inv.Entry(inv.Name); listed {
		return nil
	}
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonChecksum,
		Message: uri + " is not in the inventory of its folder.",
		Hint:    "Retry the ingest from the step that made it on.",
	}
}

// entryOf reads the file that the inventory was asked for.
func entryOf(ctx context.Context, inv location.Inventory) (location.Entry, error) {
	file, err := inv.Open(ctx, inv.Name)
	if err != nil {
		return location.Entry{}, location.ReadError(inv.Name, err)
	}
	defer file.Close()
	e, err := location.EntryOf(ctx, inv.Name, file)
	return e, location.ReadError(inv.Name, err)
}
