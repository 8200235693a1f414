package playout

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/via-orchestrate/orchestrate/internal/netguard"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// EventPublished is the type of the event that a WEBHOOK step sends.
	EventPublished = "ingest.published"
	// requestTimeout is for the whole exchange.
	requestTimeout = 30 * time.Second
	// maxAnswer is how many bytes of an answer are read, so that the connection
	// can be used again.
	maxAnswer = 64 << 10
)

// Secrets resolves references to secrets within a tenant.
type Secrets interface {
	Resolve(tenant, reference string) ([]byte, error)
}

// Webhook runs steps of type WEBHOOK: a POST of an [Event] as JSON, with the
// headers of the Standard Webhooks specification.
type Webhook struct {
	client  *http.Client
	secrets Secrets
	now     func() time.Time
}

var _ step.Runner = (*Webhook)(nil)

// NewWebhook makes a runner. The client must check what it connects to.
func NewWebhook(client *http.Client, secrets Secrets, now func() time.Time) *Webhook {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // a signed event is for one receiver
	}
	return &Webhook{client: &own, secrets: secrets, now: now}
}

// Event is the body of the request. It holds nothing that differs between two
// attempts, so that a repetition is the same byte for byte.
type Event struct {
	Type string    `json:"type"` // EventPublished
	Data EventData `json:"data"`
}

// EventData is what was published.
type EventData struct {
	Tenant   string        `json:"tenant"`
	AssetID  string        `json:"assetId"`
	IngestID string        `json:"ingestId"`
	TaskID   string        `json:"taskId"`
	Filesets []vod.Fileset `json:"filesets"`
}

// Run implements [step.Runner].
func (w *Webhook) Run(ctx context.Context, job step.Job) (step.Result, error) {
	var profile WebhookProfile
	if err := parseProfile(job.Profile, &profile); err != nil {
		return step.Result{}, err
	}
	target, err := url.Parse(profile.URL)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Hostname() == "" || target.User != nil {
		return step.Result{}, configError("The url of the webhook is not an absolute http or https address without user name.")
	}
	within, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := w.request(within, job, profile, target)
	if err != nil {
		return step.Result{}, err
	}
	if err := w.send(req, shown(target)); err != nil {
		if ctx.Err() != nil {
			return step.Result{}, context.Cause(ctx)
		}
		return step.Result{}, err
	}
	return passedOn(job), nil
}

// shown is the address without what may be secret.
func shown(u *url.URL) string {
	text := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
	if u.RawQuery != "" {
		text += "?…"
	}
	return text
}

// request makes the signed request. Its id is the same for each attempt, and
// another one only if the task is done again with other files.
func (w *Webhook) request(ctx context.Context, job step.Job, profile WebhookProfile, target *url.URL) (*http.Request, error) {
	filesets := job.Inputs
	if filesets == nil {
		filesets = []vod.Fileset{}
	}
	body, err := json.Marshal(Event{Type: EventPublished, Data: EventData{
		Tenant: job.Tenant, AssetID: job.AssetID, IngestID: job.IngestID, TaskID: job.TaskID, Filesets: filesets,
	}})
	if err != nil {
		return nil, fmt.Errorf("event of task %s: %w", job.TaskID, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, configError("The url of the webhook cannot be used.")
	}
	id := uuid.NewSHA1(uuid.NameSpaceOID, append([]byte(job.TaskID+"\n"), body...)).String()
	now := w.now()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "orchestrate")
	req.Header.Set("Idempotency-Key", id)
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	if profile.Secret == "" {
		return req, nil
	}
	key, err := w.secrets.Resolve(job.Tenant, profile.Secret)
	if err != nil {
		return nil, err
	}
	signature, err := sign(string(key), id, now, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return req, nil
}

// sign signs as Standard Webhooks has it. A key that begins with "whsec_" is
// base64, any other is taken as it is.
func sign(key, id string, now time.Time, body []byte) (string, error) {
	load := func() (*standardwebhooks.Webhook, error) { return standardwebhooks.NewWebhookRaw([]byte(key)) }
	if strings.HasPrefix(key, "whsec_") {
		load = func() (*standardwebhooks.Webhook, error) { return standardwebhooks.NewWebhook(key) }
	}
	hook, err := load()
	if err != nil {
		return "", configError("The secret of the webhook begins with whsec_ but is not base64.")
	}
	signature, err := hook.Sign(id, now, body)
	if err != nil {
		return "", configError("The webhook cannot be signed with its secret.")
	}
	return signature, nil
}

// send makes the request and judges the answer.
func (w *Webhook) send(req *http.Request, shown string) error {
	resp, err := w.client.Do(req)
	if err != nil {
		e := *netguard.Explain(req.URL.Hostname(), err)
		e.Message = fmt.Sprintf("The webhook %s was not delivered: %s", shown, e.Message)
		return &e
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer) // what it says does not matter
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	return answerError(shown, resp.StatusCode)
}

func answerError(shown string, status int) error {
	e := &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig,
		Message: fmt.Sprintf("The webhook %s was refused with status %d %s.", shown, status, http.StatusText(status)),
		Hint:    "Correct the url or the secret in the profile, or what receives it.",
	}
	switch {
	case status < 400:
		e.Message = fmt.Sprintf("The webhook %s was answered with status %d, which is no success; redirects are not followed.", shown, status)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Reason = vod.ReasonForbidden
	case status == http.StatusRequestTimeout:
		e.Class, e.Reason = vod.ClassRemote, vod.ReasonTimeout
	case status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		e.Class, e.Reason = vod.ClassRemote, vod.ReasonRateLimited
	case status >= 500:
		e.Class, e.Reason = vod.ClassRemote, vod.ReasonUnreachable
	}
	if e.Class == vod.ClassRemote {
		e.Hint = "Wait until the receiver is well again, then retry the ingest."
	}
	return e
}

func configError(message string) error {
	return &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig, Message: message,
		Hint: "Correct the webhook in the playout profile.",
	}
}
