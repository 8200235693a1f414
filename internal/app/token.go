package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/postgres"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// CreateToken mints a token with the name, tenants, role and end of t, whether a
// server uses the database or not, and makes the database where there is none.
// The text is the token itself, which is kept nowhere.
func CreateToken(ctx context.Context, c config.Config, t vod.Token) (minted vod.Token, text string, err error) {
	if minted, text, err = auth.Mint(t, vod.Now()); err != nil {
		return vod.Token{}, "", err
	}
	err = withTokens(ctx, c, true, func(tokens store.Tokens) error {
		return tokens.TokenCreate(ctx, minted, operator().Audit(minted.Created, vod.CreatedToken, minted.ID))
	})
	if err != nil {
		return vod.Token{}, "", err
	}
	return minted, text, nil
}

// ListTokens gives all tokens that were minted, newest first.
func ListTokens(ctx context.Context, c config.Config) (list []vod.Token, err error) {
	err = withTokens(ctx, c, false, func(tokens store.Tokens) error {
		list, err = tokens.TokenList(ctx)
		return err
	})
	return list, err
}

// RevokeToken revokes a token, and gives it. A server that runs refuses it
// within 5 seconds.
func RevokeToken(ctx context.Context, c config.Config, id string) (token vod.Token, err error) {
	err = withTokens(ctx, c, false, func(tokens store.Tokens) error {
		now := vod.Now()
		token, err = tokens.TokenRevoke(ctx, id, now, operator().Audit(now, vod.RevokedToken, id))
		return err
	})
	return token, err
}

// operator is who works on the data folder itself, as the audit log names them.
func operator() vod.Caller {
	name := fmt.Sprintf("user %d", os.Getuid())
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = "user " + u.Username
	}
	return vod.Caller{Subject: name + " (command line)"}
}

const (
	patience = 30 * time.Second // with a server that writes all the time
	oneTry   = 5 * time.Millisecond
)

// withTokens opens the database for a moment. It never changes the schema of one
// that is there: a server may be at work on it, and the server copies it before.
func withTokens(ctx context.Context, c config.Config, create bool, do func(store.Tokens) error) (err error) {
	if c.Postgres() {
		return withPostgres(ctx, c, do)
	}
	path := c.SQLitePath()
	_, err = os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && create:
		unlock, locked := lockNew(c) // Not err, which would be hidden from what is deferred.
		if locked != nil {
			return locked
		}
		defer func() { err = errors.Join(err, unlock()) }()
	case err != nil:
		return fmt.Errorf("there is no database: %w", err)
	default:
		current, err := sqlite.Current(ctx, path)
		switch {
		case err != nil:
			return fmt.Errorf("open the store %s: %w", path, err)
		case !current:
			return vod.Faultf(vod.Conflict, "The database %s is that of an older release; a server of this one has to bring it up to date first.", path)
		}
	}
	var db *sqlite.Store
	err = patiently(func() (err error) {
		db, err = sqlite.Open(ctx, path, sqlite.WithBusyWait(oneTry))
		return err
	})
	if err != nil {
		return fmt.Errorf("open the store %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return patiently(func() error { return do(db) })
}

// withPostgres opens a Postgres database for a moment, which several programs may
// do at the same time: one alone brings the schema up to date, and older servers
// go on with it.
func withPostgres(ctx context.Context, c config.Config, do func(store.Tokens) error) error {
	address, err := postgresAddress(c)
	if err != nil {
		return err
	}
	db, err := postgres.Open(ctx, address)
	if err != nil {
		return fmt.Errorf("open the store %s: %w", c.ShownDB(), err)
	}
	return errors.Join(do(db), db.Close())
}

// patiently does it again while another process keeps it out.
func patiently(do func() error) error {
	until := time.Now().Add(patience)
	for {
		if err := do(); !sqlite.Busy(err) || time.Now().After(until) {
			return err
		}
	}
}

// lockNew makes the data folder and locks what a server locks, so that no server
// makes the database at the same time.
func lockNew(c config.Config) (unlock func() error, err error) {
	if err := os.MkdirAll(c.Data, 0o750); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	first, err := lock(filepath.Join(c.Data, "lock"))
	if err != nil {
		return nil, err
	}
	second, err := lock(c.SQLitePath() + ".lock")
	if err != nil {
		return nil, errors.Join(err, first())
	}
	return func() error { return errors.Join(second(), first()) }, nil
}
