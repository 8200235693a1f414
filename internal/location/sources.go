package location

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
)

// Source finds the object that an s3: address names, if the tenant may read it
// as a source: at or below one of [Config.Buckets], but not within what another
// tenant's ingests have put there. Errors are a [vod.StepError], CONFIG forbidden
// when it may not.
func (s *Set) Source(ctx context.Context, tenant, uri string) (objects *objectstore.Bucket, key string, err error) {
	at, err := parseAddress(uri)
	if err != nil || at.bucket == "" {
		return nil, "", configError(fmt.Sprintf("%s is not the address of an object, like s3://bucket/folder/film.mp4.", uri))
	}
	loc, rest, ok := s.allowed(tenant, at.bucket, at.path)
	if !ok || len(rest) == 0 || !tenantForm.MatchString(tenant) || s.isOthers(tenant, at) {
		return nil, "", forbiddenError(fmt.Sprintf("Tenant %q may not read %s: no location allows it.", tenant, uri))
	}
	objects, err = s.bucketOf(tenant, loc).objects(ctx)
	return objects, at.path, err
}

// isOthers tells whether an address leads to what an ingest of another tenant put
// there, or into the served folder, where the address alone lets one in.
func (s *Set) isOthers(tenant string, at address) bool {
	for _, r := range s.roots("") {
		for _, parts := range r.tree.below(at) {
			if p, ok := r.find(r.tree, parts); ok && p.tenant != tenant {
				return true
			}
		}
	}
	return false
}
