package keys

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Content is the key of the tracks of one package, and what goes with it.
type Content struct {
	KID cenc.KeyID
	Key cenc.Key
	// IV is the initialization vector that a key server asks for; nil for none.
	IV *[cenc.KeySize]byte
	// Systems are the DRM systems that a key server gave signalling for.
	Systems []manifest.System
}

// Secrets resolves references to secrets within a tenant.
type Secrets interface {
	Resolve(tenant, reference string) ([]byte, error)
}

// Source gets keys. It is safe for concurrent use.
type Source struct {
	client  *http.Client
	secrets Secrets
}

// New makes a source. The client must check what it connects to.
func New(client *http.Client, secrets Secrets) *Source {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // credentials and keys are for one server
	}
	return &Source{client: &own, secrets: secrets}
}

// kidSpace is the name space of the ids that are derived from ingests.
const kidSpace = "4f3a3f0e-2f0b-5c53-9f77-2d6a3c6d2a11"

// IngestKID is the id of the key of an ingest (UUID version 5): each attempt asks
// for the same one, so that a key server answers with the same key.
func IngestKID(tenant, ingestID string) cenc.KeyID {
	return cenc.KeyID(uuid.NewSHA1(uuid.MustParse(kidSpace), []byte(tenant+"\n"+ingestID)))
}

func configError(reason vod.Reason, hint, format string, args ...any) error {
	return &vod.StepError{Class: vod.ClassConfig, Reason: reason, Message: fmt.Sprintf(format, args...), Hint: hint}
}
