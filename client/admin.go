package client

import (
	"context"
	"encoding/json"
	"io"
)

// Import hands over history of another Status API: a list answer, an item of
// one, a detail document, or an array of these, at most 32 MiB. A row that is
// refused does not keep the others from being written.
func (c *Client) Import(ctx context.Context, document json.RawMessage) (*ImportResult, error) {
	return decode[ImportResult](c.api.ImportIngests(ctx, document))
}

// SameFile tells whether the server reads the same file under f.Path as the
// caller, so that it can be submitted as a file: address.
func (c *Client) SameFile(ctx context.Context, f FileCheck) (bool, error) {
	result, err := decode[FileCheckResult](c.api.CheckSource(ctx, f))
	if err != nil {
		return false, err
	}
	return result.Same, nil
}

// Me tells who the token stands for, and what it may do.
func (c *Client) Me(ctx context.Context) (*Me, error) {
	return decode[Me](c.api.GetMe(ctx))
}

// Healthy is nil if the server answers.
func (c *Client) Healthy(ctx context.Context) error {
	return done(c.once.GetHealth(ctx))
}

// Ready is nil if the server can take work. It asks once.
func (c *Client) Ready(ctx context.Context) error {
	return done(c.once.GetReadiness(ctx))
}

// OpenAPI gives the server's OpenAPI document.
func (c *Client) OpenAPI(ctx context.Context) ([]byte, error) {
	resp, err := c.api.GetOpenAPI(ctx)
	if err := check(resp, err); err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
