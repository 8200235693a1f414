package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const tokenText = "orch_aaaabbbbcccc_secret" // The real form is that of package auth.

func created() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC) }

// minter stands for the tokens of a data folder; asked is what it was asked for.
func minter(asked *vod.Token, folder *string) Program {
	return Program{CreateToken: func(_ context.Context, c config.Config, t vod.Token) (vod.Token, string, error) {
		*asked, *folder = t, c.Data
		t.ID, t.Hash, t.Created = "aaaabbbbcccc", "hash", created()
		return t, tokenText, nil
	}}
}

func TestTokenCreate(t *testing.T) {
	t.Parallel()
	var asked vod.Token
	var folder string
	data := t.TempDir()
	p := minter(&asked, &folder)
	began := time.Now()
	r := runIn(t.Context(), t, p, nil, "", "token", "create", "--data", data, "--tenant", "acme", "--tenant", "vimond",
		"--role", "operator", "--expires", "90d", "--name", "nightly")
	if r.code != 0 || r.out != tokenText+"\n" {
		t.Fatalf("%+v", r)
	}
	for _, want := range []string{
		"This is token aaaabbbbcccc, with the role operator for acme, vimond. Expires: " + local(asked.Expires) + ".\n",
		"ORCHESTRATE_TOKEN", "from its next start on", "There was no database yet; it is " + data,
	} {
		if !strings.Contains(r.err, want) {
			t.Errorf("no %q in %s", want, r.err)
		}
	}
	if strings.Contains(r.err, tokenText) {
		t.Error("the token is in what logs keep")
	}
	if lives := asked.Expires.Sub(began) - 90*24*time.Hour; lives < 0 || lives > time.Minute {
		t.Errorf("it expires at %s", asked.Expires)
	}
	want := vod.Token{Name: "nightly", Tenants: []string{"acme", "vimond"}, Role: vod.Operator, Expires: asked.Expires}
	if diff := cmp.Diff(want, asked); diff != "" || folder != data {
		t.Errorf("in %s: %s", folder, diff)
	}

	r = runIn(t.Context(), t, p, map[string]string{"ORCHESTRATE_TENANT": "acme"}, "", "token", "create", "--data", data,
		"--role", "viewer", "--expires", "never", "-o", "json")
	r.want(t, 0, `{"id":"aaaabbbbcccc","token":"orch_aaaabbbbcccc_secret","name":"","state":"valid","role":"viewer","tenants":["acme"],`+
		`"created":"2026-01-02T03:04:05.678Z","expires":null,"revoked":null}`+"\n", "")
	if !asked.Expires.IsZero() {
		t.Errorf("it expires at %s", asked.Expires)
	}
}

func TestTokenCreateUsage(t *testing.T) {
	t.Parallel()
	var asked vod.Token
	var folder string
	p := minter(&asked, &folder)
	args := func(more ...string) []string { return append([]string{"token", "create"}, more...) }
	for text, args := range map[string][]string{
		"missing flags: --expires=TIME":  args("--tenant", "a", "--role", "viewer"),
		"missing flags: --role=ROLE":     args("--tenant", "a", "--expires", "1d"),
		"missing flags: --tenant=NAME":   args("--role", "viewer", "--expires", "1d"),
		"--role must be one of":          args("--tenant", "a", "--role", "root", "--expires", "1d"),
		`"90" is not a time such as 90d`: args("--tenant", "a", "--role", "viewer", "--expires", "90"),
		`"0d" is not a time`:             args("--tenant", "a", "--role", "viewer", "--expires", "0d"),
		`"-1h" is not a time`:            args("--tenant", "a", "--role", "viewer", "--expires=-1h"),
		`"999999999d" is not a time`:     args("--tenant", "a", "--role", "viewer", "--expires", "999999999d"),
		`"1.5d" is not a time`:           args("--tenant", "a", "--role", "viewer", "--expires", "1.5d"),
		"Try: orchestrate token create":  args(),
	} {
		r := runIn(t.Context(), t, p, nil, "", args...)
		if r.code != 2 || r.out != "" || !strings.Contains(r.err, text) {
			t.Errorf("%v: %+v", args, r)
		}
	}
	if asked.Role != "" {
		t.Errorf("a token was made: %+v", asked)
	}
	p.CreateToken = func(context.Context, config.Config, vod.Token) (vod.Token, string, error) {
		return vod.Token{}, "", vod.Faultf(vod.Invalid, "%q cannot be the name of a tenant.", "a b")
	}
	runIn(t.Context(), t, p, nil, "", args("--tenant", "a b", "--role", "viewer", "--expires", "12h")...).want(t, 2, "",
		"orchestrate: \"a b\" cannot be the name of a tenant.\nTry: orchestrate token create --help\n")
	p.CreateToken = func(context.Context, config.Config, vod.Token) (vod.Token, string, error) {
		return vod.Token{}, "", vod.Faultf(vod.Conflict, "The database is old.")
	}
	runIn(t.Context(), t, p, nil, "", args("--tenant", "a", "--role", "viewer", "--expires", "12h")...).want(t, 1, "",
		"orchestrate: The database is old.\nTry: start the server of this release once with `orchestrate serve`, and then the same again.\n")
}

func TestTokenList(t *testing.T) {
	t.Parallel()
	list := []vod.Token{
		{ID: "aaaabbbbcccc", Name: "nightly\nimport", Hash: "hash", Tenants: []string{"a", "b"}, Role: vod.Admin, Created: created()},
		{ID: "ddddeeeeffff", Hash: "hash", Tenants: []string{"a"}, Role: vod.Viewer, Created: created(), Expires: created().Add(time.Hour)},
		{ID: "gggghhhhiiii", Hash: "hash", Tenants: []string{"a"}, Role: vod.Viewer, Created: created(), Revoked: created().Add(time.Second)},
	}
	p := Program{ListTokens: func(context.Context, config.Config) ([]vod.Token, error) { return list, nil }}
	made, end := local(created()), local(created().Add(time.Hour))
	runIn(t.Context(), t, p, nil, "", "token", "list").want(t, 0, ""+
		"TOKEN         STATE    ROLE    TENANTS  CREATED              EXPIRES              NAME\n"+
		"aaaabbbbcccc  valid    admin   a, b     "+made+"  never                nightly import\n"+
		"ddddeeeeffff  expired  viewer  a        "+made+"  "+end+"\n"+
		"gggghhhhiiii  revoked  viewer  a        "+made+"  never\n", "")
	r := runIn(t.Context(), t, p, nil, "", "token", "list", "-o", "json")
	var got struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || len(got.Items) != 3 || strings.Contains(r.out, "hash") {
		t.Fatalf("%+v, %v", r, err)
	}
	want := map[string]any{
		"id": "gggghhhhiiii", "name": "", "state": "revoked", "role": "viewer", "tenants": []any{"a"},
		"created": "2026-01-02T03:04:05.678Z", "expires": nil, "revoked": "2026-01-02T03:04:06.678Z",
	}
	if diff := cmp.Diff(want, got.Items[2]); diff != "" {
		t.Error(diff)
	}
	list = nil
	runIn(t.Context(), t, p, nil, "", "token", "list", "-o", "json").want(t, 0, `{"items":[]}`+"\n", "")
	p.ListTokens = func(context.Context, config.Config) ([]vod.Token, error) {
		return nil, &fs.PathError{Op: "stat", Path: "/data/orchestrate.db", Err: fs.ErrNotExist}
	}
	runIn(t.Context(), t, p, nil, "", "token", "list").want(t, 1, "",
		"orchestrate: stat /data/orchestrate.db: file does not exist\nTry: name the data folder with --data, or the database with --db.\n")
}

func TestTokenRevoke(t *testing.T) {
	t.Parallel()
	p := Program{RevokeToken: func(_ context.Context, _ config.Config, id string) (vod.Token, error) {
		switch id {
		case "aaaabbbbcccc":
			return vod.Token{ID: id, Tenants: []string{"a"}, Role: vod.Viewer, Created: created(), Revoked: created()}, nil
		case "locked":
			return vod.Token{}, &fs.PathError{Op: "open", Path: "/data", Err: fs.ErrPermission}
		case "broken":
			return vod.Token{}, errors.New("disk I/O error")
		}
		return vod.Token{}, vod.Faultf(vod.NotFound, "There is no token %q.", id)
	}}
	for _, text := range []string{"aaaabbbbcccc", "orch_aaaabbbbcccc", tokenText} {
		runIn(t.Context(), t, p, nil, "", "token", "revoke", text).want(t, 0,
			"Token aaaabbbbcccc is revoked since "+local(created())+". A server that runs refuses it within 5 seconds.\n", "")
	}
	runIn(t.Context(), t, p, nil, "", "token", "revoke", "orch_x_secret").want(t, 1, "", "orchestrate: There is no token \"x\".\nTry: orchestrate token list\n")
	runIn(t.Context(), t, p, nil, "", "token", "revoke", "x").want(t, 1, "", "orchestrate: There is no token \"x\".\nTry: orchestrate token list\n")
	runIn(t.Context(), t, p, nil, "", "token", "revoke", "locked").want(t, 1, "",
		"orchestrate: open /data: permission denied\nTry: run this as the user that the server runs as.\n")
	runIn(t.Context(), t, p, nil, "", "token", "revoke", "broken").want(t, 1, "", "orchestrate: disk I/O error\n")
	if r := runIn(t.Context(), t, p, nil, "", "token", "revoke", "aaaabbbbcccc", "-o", "json"); !strings.Contains(r.out, `"state":"revoked"`) {
		t.Errorf("%+v", r)
	}
}
