package distribution

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Rewrite runs steps of type URL_REWRITE.
type Rewrite struct{ locations *location.Set }

var _ step.Runner = (*Rewrite)(nil)

// NewRewrite makes a runner.
func NewRewrite(locations *location.Set) *Rewrite { return &Rewrite{locations} }

// Run implements [step.Runner]. It touches no file.
func (r *Rewrite) Run(_ context.Context, job step.Job) (step.Result, error) {
	var profile RewriteProfile
	if err := parseProfile(job.Profile, &profile); err != nil {
		return step.Result{}, err
	}
	target, err := resolve(r.locations, job.Tenant, &profile.TargetLocation)
	if err != nil {
		return step.Result{}, err
	}
	if target.Type != vod.LocationWeb {
		return step.Result{}, configError("Location %q is of type %s; URL_REWRITE needs one of type web as its target.", target.Name, target.Type)
	}
	source, err := resolve(r.locations, job.Tenant, profile.SourceLocation)
	if err != nil {
		return step.Result{}, err
	}
	var outputs []vod.Fileset
	for _, in := range job.Inputs {
		out, err := rewritten(in, source, *target)
		if err != nil {
			return step.Result{}, err
		}
		out.Labels = in.OutputLabels(job.LabelOut)
		outputs = append(outputs, out)
	}
	return step.Result{Outputs: outputs}, nil
}

// rewritten is the fileset with its addresses moved from source, or else from
// its own location, to target.
func rewritten(in vod.Fileset, source *vod.Location, target vod.Location) (vod.Fileset, error) {
	if source == nil {
		source = in.Location
	}
	out := vod.Fileset{Files: []vod.File{}, Location: &target}
	for _, f := range in.Files {
		if source == nil {
			return vod.Fileset{}, configError("%s is at no location; name a sourceLocation in the profile.", f.URI)
		}
		rest, err := below(*source, f.URI)
		if err != nil {
			return vod.Fileset{}, err
		}
		f.URI = strings.TrimRight(target.BaseURL, "/") + rest
		out.Files = append(out.Files, f)
	}
	return out, nil
}

// below is the part of an address after that of a location, percent-encoded
// and with its leading slash.
func below(loc vod.Location, uri string) (string, error) {
	switch loc.Type {
	case vod.LocationFile, vod.LocationS3:
		if rest, ok := location.Below(loc, uri); ok {
			return (&url.URL{Path: "/" + rest}).EscapedPath(), nil
		}
	case vod.LocationWeb:
		if rest, ok := belowWeb(loc.BaseURL, uri); ok {
			return rest, nil
		}
	}
	return "", configError("%s is not at location %q, where its files should be.", uri, loc.Name)
}

// belowWeb compares scheme and host without case (RFC 3986, 6.2.2.1) and the
// path by whole elements. Dot elements are refused: they lead elsewhere.
func belowWeb(base, uri string) (string, bool) {
	b, err := url.Parse(base)
	if err != nil {
		return "", false
	}
	u, err := url.Parse(uri)
	if err != nil || u.User != nil || !strings.EqualFold(u.Scheme, b.Scheme) || !strings.EqualFold(u.Host, b.Host) {
		return "", false
	}
	rest, ok := strings.CutPrefix(u.EscapedPath(), strings.TrimRight(b.EscapedPath(), "/")+"/")
	if !ok || rest == "" {
		return "", false
	}
	for _, element := range strings.Split(u.Path, "/") {
		if element == "." || element == ".." {
			return "", false
		}
	}
	if u.RawQuery != "" {
		rest += "?" + u.RawQuery
	}
	return "/" + rest, true
}

// resolve gives the full value of a location of the profile; nil for nil.
func resolve(set *location.Set, tenant string, loc *vod.Location) (*vod.Location, error) {
	if loc == nil {
		return nil, nil
	}
	full, err := set.Resolve(tenant, *loc)
	if err != nil {
		return nil, configError("%s", err.Error())
	}
	return &full, nil
}

func configError(format string, args ...any) error {
	return &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig, Message: fmt.Sprintf(format, args...),
		Hint: "Correct the locations of the distribution profile.",
	}
}
