package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/netguard"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// requestTimeout is for the whole exchange.
	requestTimeout = 30 * time.Second
	// maxDocument is how many bytes of an answer are read.
	maxDocument = 1 << 20
)

// The DRM systems of profiles.
const (
	Widevine  = "WIDEVINE"
	PlayReady = "PLAYREADY"
	FairPlay  = "FAIRPLAY"
)

// The encryption that a key is asked for, as commonEncryptionScheme of CPIX.
const (
	SchemeCENC   = "cenc"
	SchemeCBCS   = "cbcs"
	SchemeAES128 = "AES-128" // from CPIX 2.4 and SPEKE 2.1 on
)

// Request asks a key server for the key of an ingest.
type Request struct {
	Tenant, AssetID, IngestID string
	Scheme                    string   // SchemeCENC, SchemeCBCS or SchemeAES128
	URL                       string   // of the key server
	Authorization             string   // reference to the value of that header; empty for none
	Systems                   []string // Widevine, PlayReady, FairPlay
}

// FromServer asks the key server. Errors are a [vod.StepError]: of class REMOTE
// where the server may answer better later, and otherwise CONFIG.
func (s *Source) FromServer(ctx context.Context, r Request) (Content, error) {
	target, err := url.Parse(r.URL)
	if err != nil || target.Scheme != "https" || target.Hostname() == "" || target.User != nil {
		return Content{}, serverConfig(vod.ReasonConfig, "The url of the key server is not an absolute https address without user name.")
	}
	kid := IngestKID(r.Tenant, r.IngestID)
	document, err := requestDocument(r, kid)
	if err != nil {
		return Content{}, err
	}
	within, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	answer, err := s.post(within, r, target, document)
	if err != nil {
		if ctx.Err() != nil {
			return Content{}, context.Cause(ctx)
		}
		return Content{}, err
	}
	content, err := parseDocument(answer, kid, r)
	if err != nil {
		return Content{}, answerError(target.Hostname(), err)
	}
	return content, nil
}

// post sends the document and gives the one that comes back.
func (s *Source) post(ctx context.Context, r Request, target *url.URL, document []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(document))
	if err != nil {
		return nil, serverConfig(vod.ReasonConfig, "The url of the key server cannot be used.")
	}
	req.Header.Set("Content-Type", "application/xml")
	req.Header.Set("Accept", "application/xml")
	req.Header.Set("User-Agent", "orchestrate")
	req.Header.Set("X-Speke-Version", versionsOf(r.Scheme).speke)
	if r.Authorization != "" {
		value, err := s.secrets.Resolve(r.Tenant, r.Authorization)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", string(value))
	}
	host := target.Hostname()
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, unanswered(host, err)
	}
	defer resp.Body.Close()
	if err := statusError(host, resp.StatusCode); err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	if err != nil {
		return nil, unanswered(host, err)
	}
	if len(answer) > maxDocument {
		return nil, answerError(host, errors.New("it has more than 1 MiB"))
	}
	return answer, nil
}

func unanswered(host string, err error) error {
	e := *netguard.Explain(host, err)
	e.Message = "The key server did not give a key: " + e.Message
	if e.Class == vod.ClassMedia { // a redirect that leads nowhere
		e.Class, e.Reason = vod.ClassConfig, vod.ReasonConfig
	}
	return &e
}

// statusError judges the status of an answer; nil for success.
func statusError(host string, status int) error {
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return serverConfig(vod.ReasonForbidden, "The key server %s refused the credentials with status %d.", host, status)
	case status == http.StatusRequestTimeout:
		return serverRemote(vod.ReasonTimeout, "The key server %s gave up with status %d.", host, status)
	case status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return serverRemote(vod.ReasonRateLimited, "The key server %s has too much to do (status %d).", host, status)
	case status >= 500:
		return serverRemote(vod.ReasonUnreachable, "The key server %s answered with status %d %s.", host, status, http.StatusText(status))
	}
	return serverConfig(vod.ReasonConfig, "The key server %s refused the request with status %d %s.", host, status, http.StatusText(status))
}

// answerError is for a document that cannot be used: another attempt may get a
// better one.
func answerError(host string, err error) error {
	var config *vod.StepError
	if errors.As(err, &config) {
		return config
	}
	return serverRemote(vod.ReasonUnreachable, "The answer of the key server %s cannot be used: %v.", host, err)
}

func serverConfig(reason vod.Reason, format string, args ...any) error {
	return configError(reason, "Correct keyServer in the packaging profile, or the secret that it refers to, and submit anew.", format, args...)
}

func serverRemote(reason vod.Reason, format string, args ...any) error {
	return &vod.StepError{
		Class: vod.ClassRemote, Reason: reason, Message: fmt.Sprintf(format, args...),
		Hint: "Ask those who run the key server, then retry the ingest.",
	}
}

// versions of the exchange.
type versions struct{ cpix, speke string }

func versionsOf(scheme string) versions {
	if scheme == SchemeAES128 {
		return versions{"2.4", "2.1"}
	}
	return versions{"2.3", "2.0"}
}
