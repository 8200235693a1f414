package temporal

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/via-orchestrate/orchestrate/internal/engine"
)

const (
	// registerAtMost bounds the registration of search attributes.
	registerAtMost = 10 * time.Second
	// labelAgain is after what time labels are tried again that were refused.
	labelAgain = time.Minute
	// longestLabel is how many bytes a keyword may have in every database that
	// Temporal keeps them in.
	longestLabel = 255
)

// The search attributes that workflows are found by.
func tenantKey() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("OrchestrateTenant")
}

func assetKey() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("OrchestrateAsset")
}

func profileKey() temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword("OrchestrateProfile")
}

// attributes sees to it that the namespace knows the labels of workflows. It is
// safe for concurrent use.
type attributes struct {
	log *slog.Logger

	mu      sync.Mutex
	refused time.Time // when the namespace did not take them last
}

// register makes the namespace know the search attributes, if this process may.
// Without, workflows have none.
func (a *attributes) register(ctx context.Context, c client.Client, namespace string) {
	ctx, done := context.WithTimeout(ctx, registerAtMost)
	defer done()
	add := map[string]enums.IndexedValueType{}
	for _, key := range []temporal.SearchAttributeKey{tenantKey(), assetKey(), profileKey()} {
		add[key.GetName()] = key.GetValueType()
	}
	_, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: add,
	})
	if there := (*serviceerror.AlreadyExists)(nil); err != nil && !errors.As(err, &there) {
		a.log.Warn("cannot register the search attributes OrchestrateTenant, OrchestrateAsset and OrchestrateProfile (Keyword): "+
			"where this process may not, add them to the namespace by Temporal's own tools", "error", err)
	}
}

// of gives the labels of an ingest's workflow, unless they were refused a moment
// ago: a service that was only just told of them needs a while.
func (a *attributes) of(l engine.Labels) (labels temporal.SearchAttributes, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.refused.IsZero() && time.Since(a.refused) < labelAgain {
		return temporal.SearchAttributes{}, false
	}
	return temporal.NewSearchAttributes(
		tenantKey().ValueSet(short(l.Tenant)), assetKey().ValueSet(short(l.Asset)), profileKey().ValueSet(short(l.Profile)),
	), true
}

// refuse notes that the namespace does not know the labels.
func (a *attributes) refuse(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refused.IsZero() {
		a.log.Warn("Temporal does not take the search attributes of workflows, which go without until it does", "error", err)
	}
	a.refused = time.Now()
}

// short cuts a label to what fits, at the edge of a character.
func short(label string) string {
	if len(label) <= longestLabel {
		return label
	}
	cut := label[:longestLabel]
	for !utf8.ValidString(cut) {
		cut = cut[:len(cut)-1]
	}
	return cut
}
