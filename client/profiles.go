package client

import (
	"bytes"
	"context"
	"encoding/json"
)

// Profiles lists the newest version of every profile, by name.
func (c *Client) Profiles(ctx context.Context) (*ProfileList, error) {
	return decode[ProfileList](c.api.ListProfiles(ctx))
}

// Profile gives a version of a profile; versionID 0 means the newest.
func (c *Client) Profile(ctx context.Context, name string, versionID int64) (*Profile, error) {
	return decode[Profile](c.api.GetProfile(ctx, name, &GetProfileParams{VersionID: optional(versionID)}))
}

// ProfileVersions lists every version of a profile, newest first.
func (c *Client) ProfileVersions(ctx context.Context, name string) (*ProfileList, error) {
	return decode[ProfileList](c.api.ListProfileVersions(ctx, name))
}

// ApplyProfile applies a profile document, YAML or JSON. An equal one makes no
// new version. The [*Problem] of a bad one names all that is wrong with it.
func (c *Client) ApplyProfile(ctx context.Context, name string, document []byte) (*ProfileApplied, error) {
	return c.putProfile(ctx, name, document, &PutProfileParams{})
}

// ValidateProfile checks a profile document as ApplyProfile does, and changes
// nothing.
func (c *Client) ValidateProfile(ctx context.Context, name string, document []byte) (*ProfileApplied, error) {
	return c.putProfile(ctx, name, document, &PutProfileParams{DryRun: optional(true)})
}

// putProfile sends the document as YAML, of which JSON is a part.
func (c *Client) putProfile(ctx context.Context, name string, document []byte, p *PutProfileParams) (*ProfileApplied, error) {
	return decode[ProfileApplied](c.api.PutProfileWithBody(ctx, name, p, "application/yaml", bytes.NewReader(document)))
}

// ProfileSchema gives the JSON Schema of profile documents.
func (c *Client) ProfileSchema(ctx context.Context) (json.RawMessage, error) {
	schema, err := decode[json.RawMessage](c.api.GetProfileSchema(ctx))
	if err != nil {
		return nil, err
	}
	return *schema, nil
}
