package main

import (
	"context"
	"errors"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// mint writes a token for the measured tenant into the database, which turns
// sign-in on, and gives its text.
func mint(ctx context.Context, file string) (text string, err error) {
	now := time.Now()
	token, text, err := auth.Mint(vod.Token{Name: "bench-api", Tenants: []string{tenant}, Role: vod.Admin, Expires: now.AddDate(0, 0, 1)}, now)
	if err != nil {
		return "", err
	}
	s, err := sqlite.Open(ctx, file)
	if err != nil {
		return "", err
	}
	err = s.TokenCreate(ctx, token, vod.AuditEntry{})
	return text, errors.Join(err, s.Close())
}
