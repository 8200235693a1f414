package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token, and print it this once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens that were made, newest first."`
	Revoke tokenRevokeCmd `cmd:"" help:"Make a token useless."`
}

// tokenFlags are those of the commands that work on the tokens in the database:
// whoever may write there may make tokens.
type tokenFlags struct {
	config.Config `embed:"" group:"Configuration, as of orchestrate serve:"`
	Output        string `short:"o" default:"table" enum:"table,json" placeholder:"FORMAT" help:"table or json. Default: ${default}."`
}

type tokenCreateCmd struct {
	tokenFlags
	Tenant  []string `required:"" placeholder:"NAME" help:"Tenant that the token is for. Repeatable."`
	Role    vod.Role `required:"" enum:"viewer,operator,admin" placeholder:"ROLE" help:"viewer (looks), operator (submits, cancels, retries too) or admin (profiles, imports, deletes too)."`
	Expires lifetime `required:"" placeholder:"TIME" help:"How long the token is good for, such as 90d or 12h, or never."`
	Name    string   `placeholder:"NAME" help:"What the token is used for, for the list and the audit log."`
}

func (c *tokenCreateCmd) Run(ctx context.Context, sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	token := vod.Token{Name: c.Name, Tenants: c.Tenant, Role: c.Role}
	if c.Expires > 0 {
		token.Expires = time.Now().Add(time.Duration(c.Expires))
	}
	_, missing := os.Stat(c.SQLitePath())
	token, text, err := sh.CreateToken(ctx, c.Config, token)
	switch {
	case err != nil:
		return mendToken(err)
	case c.Output == "json":
		return sh.printTokens(describe(token, text))
	}
	if _, err := fmt.Fprintln(sh.out, text); err != nil {
		return err
	}
	if !c.Postgres() && errors.Is(missing, fs.ErrNotExist) {
		fmt.Fprintf(sh.err, "There was no database yet; it is %s now.\n", c.SQLitePath())
	}
	fmt.Fprintf(sh.err, "This is token %s, with the role %s for %s. Expires: %s.\n", token.ID, token.Role, strings.Join(token.Tenants, ", "), end(token))
	fmt.Fprintf(sh.err, "Keep it: it is not shown again. Use it with --token or ORCHESTRATE_TOKEN, or as the header Authorization: Bearer TOKEN.\n")
	fmt.Fprintf(sh.err, "A server that runs without sign-in asks for tokens from its next start on.\n")
	return nil
}

type tokenListCmd struct{ tokenFlags }

func (c *tokenListCmd) Run(ctx context.Context, sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	list, err := sh.ListTokens(ctx, c.Config)
	if err != nil {
		return mendToken(err)
	}
	if c.Output == "json" {
		items := []tokenJSON{}
		for _, t := range list {
			items = append(items, describe(t, ""))
		}
		return sh.printTokens(map[string]any{"items": items})
	}
	rows := [][]string{{"TOKEN", "STATE", "ROLE", "TENANTS", "CREATED", "EXPIRES", "NAME"}}
	for _, t := range list {
		rows = append(rows, []string{
			t.ID, t.State(time.Now()), string(t.Role), strings.Join(t.Tenants, ", "), local(t.Created), end(t), t.Name,
		})
	}
	return table(sh.out, rows)
}

type tokenRevokeCmd struct {
	tokenFlags
	ID string `arg:"" help:"The token's id, as in the list, or the token itself."`
}

func (c *tokenRevokeCmd) Run(ctx context.Context, sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	token, err := sh.RevokeToken(ctx, c.Config, tokenID(c.ID))
	switch {
	case err != nil:
		return mendToken(err)
	case c.Output == "json":
		return sh.printTokens(describe(token, ""))
	}
	_, err = fmt.Fprintf(sh.out, "Token %s is revoked since %s. A server that runs refuses it within 5 seconds.\n", token.ID, local(token.Revoked))
	return err
}

// tokenJSON is a token for scripts. The times are as in the API.
type tokenJSON struct {
	ID      string   `json:"id"`
	Token   string   `json:"token,omitempty"` // only when it is made
	Name    string   `json:"name"`
	State   string   `json:"state"`
	Role    vod.Role `json:"role"`
	Tenants []string `json:"tenants"`
	Created *string  `json:"created"`
	Expires *string  `json:"expires"` // null: never
	Revoked *string  `json:"revoked"` // null: it is not
}

func describe(t vod.Token, text string) tokenJSON {
	return tokenJSON{
		ID: t.ID, Token: text, Name: t.Name, State: t.State(time.Now()), Role: t.Role, Tenants: t.Tenants,
		Created: instant(t.Created), Expires: instant(t.Expires), Revoked: instant(t.Revoked),
	}
}

func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format("2006-01-02T15:04:05.000Z")
	return &text
}

func (sh *shell) printTokens(document any) error {
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return printJSON(sh.out, text)
}

// end says when a token expires.
func end(t vod.Token) string {
	if t.Expires.IsZero() {
		return "never"
	}
	return local(t.Expires)
}

// tokenID is the id in what may be the whole token, or the id with the prefix:
// whoever found a token in the wrong place revokes it by what was found.
func tokenID(text string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(text, "orch_"), "_")
	return id
}

// mendToken adds what to do about an error of the tokens.
func mendToken(err error) error {
	switch code := vod.CodeOf(err); {
	case code == vod.Invalid:
		return &usageError{err.Error(), "orchestrate token create --help"}
	case code == vod.NotFound:
		return &hinted{err, "orchestrate token list"}
	case code == vod.Conflict:
		return &hinted{err, "start the server of this release once with `orchestrate serve`, and then the same again."}
	case errors.Is(err, fs.ErrNotExist):
		return &hinted{err, "name the data folder with --data, or the database with --db."}
	case errors.Is(err, fs.ErrPermission):
		return &hinted{err, "run this as the user that the server runs as."}
	}
	return err
}

// lifetime is how long a token is good for; 0: for ever.
type lifetime time.Duration

// UnmarshalText reads days such as "90d", a time such as "12h", or "never".
func (l *lifetime) UnmarshalText(text []byte) error {
	if string(text) == "never" {
		*l = 0
		return nil
	}
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		n, err := strconv.ParseUint(days, 10, 64)
		if err == nil && n > 0 && n <= uint64(math.MaxInt64/(24*time.Hour)) {
			*l = lifetime(time.Duration(n) * 24 * time.Hour)
			return nil
		}
	} else if d, err := time.ParseDuration(string(text)); err == nil && d > 0 {
		*l = lifetime(d)
		return nil
	}
	return fmt.Errorf("%q is not a time such as 90d or 12h, or never", text)
}
