package playout

import (
	"encoding/json"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The step types that this package runs.
const (
	TypeCatalog = "CATALOG"
	TypeWebhook = "WEBHOOK"
)

// CatalogProfile is the own profile of a CATALOG step.
type CatalogProfile struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	VersionID int64  `json:"versionId,omitempty"`
}

// WebhookProfile is the own profile of a WEBHOOK step.
type WebhookProfile struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	VersionID int64  `json:"versionId,omitempty"`
	URL       string `json:"url"` // absolute, http or https, without user-info
	// Secret is a reference to the key that requests are signed with, such as
	// "env:ORCHESTRATE_SECRET_ACME_WEBHOOK" or "file:webhook"; see package
	// secret. Empty: requests are not signed.
	Secret string `json:"secret,omitempty"`
}

// parseProfile reads a step's own profile into p.
func parseProfile(text json.RawMessage, p any) error {
	if err := json.Unmarshal(text, p); err != nil {
		return &vod.StepError{
			Class: vod.ClassConfig, Reason: vod.ReasonConfig, Cause: err,
			Message: "The playout profile cannot be read.",
		}
	}
	return nil
}
