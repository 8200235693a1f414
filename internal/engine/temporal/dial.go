package temporal

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// dialAtMost bounds one try to reach Temporal.
const dialAtMost = 10 * time.Second

// Connection is how Temporal is reached. Files are read again when they change.
type Connection struct {
	Address    string // host:port
	Namespace  string
	TLS        bool
	CAFile     string // PEM; empty: those of the system
	CertFile   string // PEM, shown to Temporal; empty: none
	KeyFile    string // PEM, of CertFile
	ServerName string // that the certificate is for; empty: the host
	APIKeyFile string // empty: no key
	// Patience is for how long it is tried again when Temporal does not answer.
	Patience time.Duration
	Metrics  client.MetricsHandler // of the SDK; nil: none
	Log      *slog.Logger
}

// Dial connects to Temporal, and sees that the namespace is there. While
// Temporal does not answer it tries again, until its patience is at an end. What
// Temporal refuses is an error at once. The caller closes the client.
func Dial(ctx context.Context, c Connection) (client.Client, error) {
	options, err := c.options()
	if err != nil {
		return nil, err
	}
	return backoff.Retry(ctx, func() (client.Client, error) { return c.try(ctx, options) },
		backoff.WithMaxElapsedTime(max(c.Patience, time.Nanosecond)),
		backoff.WithNotify(func(err error, next time.Duration) {
			c.Log.Warn("cannot reach Temporal; trying again", "in", next.Round(time.Millisecond), "error", err)
		}))
}

// try connects once.
func (c Connection) try(ctx context.Context, options client.Options) (client.Client, error) {
	ctx, done := context.WithTimeout(ctx, dialAtMost)
	defer done()
	conn, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, c.explain(err)
	}
	_, err = conn.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: c.Namespace})
	if err != nil {
		conn.Close()
		return nil, c.explain(err)
	}
	return conn, nil
}

// explain says what to do. What no repetition can mend is permanent.
func (c Connection) explain(err error) error {
	var unknown *serviceerror.NamespaceNotFound
	var absent *serviceerror.NotFound
	var denied *serviceerror.PermissionDenied
	switch {
	case errors.As(err, &unknown) || errors.As(err, &absent):
		return backoff.Permanent(fmt.Errorf("the Temporal server %s has no namespace %q; create it, or name another (--temporal-namespace): %w",
			c.Address, c.Namespace, err))
	case errors.As(err, &denied), serviceerror.ToStatus(err).Code().String() == "Unauthenticated": // That has no type of its own.
		return backoff.Permanent(fmt.Errorf("the Temporal server %s does not let this process use the namespace %q; "+
			"check its API key (--temporal-api-key-file) or certificate (--temporal-cert-file): %w", c.Address, c.Namespace, err))
	}
	return fmt.Errorf("the Temporal server %s does not answer; check that it runs there, and whether it wants TLS (--temporal-tls): %w", c.Address, err)
}

func (c Connection) options() (client.Options, error) {
	o := client.Options{
		HostPort: c.Address, Namespace: c.Namespace,
		Logger: log.NewStructuredLogger(slog.New(warnings{c.Log.Handler()})), MetricsHandler: c.Metrics,
	}
	if c.APIKeyFile != "" {
		key := &keyFile{path: c.APIKeyFile, log: c.Log}
		if _, err := key.read(); err != nil {
			return o, err
		}
		o.Credentials = client.NewAPIKeyDynamicCredentials(func(context.Context) (string, error) { return key.read() })
	}
	if !c.TLS {
		o.ConnectionOptions.TLSDisabled = true
		return o, nil
	}
	var err error
	o.ConnectionOptions.TLS, err = c.tls()
	return o, err
}

func (c Connection) tls() (*tls.Config, error) {
	t := &tls.Config{ServerName: c.ServerName, MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the certificates that Temporal's is to be signed by (--temporal-ca-file): %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM (--temporal-ca-file)", c.CAFile)
		}
	}
	if c.CertFile != "" {
		load := func() (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
			if err != nil {
				return nil, fmt.Errorf("read the certificate for Temporal (--temporal-cert-file, --temporal-key-file): %w", err)
			}
			return &pair, nil
		}
		if _, err := load(); err != nil {
			return nil, err
		}
		// With each connection, so that a new certificate needs no restart.
		t.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return load() }
	}
	return t, nil
}

// warnings is a log handler that drops what is not even a warning: the SDK tells
// of each of its workers, and there is one for each queue.
type warnings struct{ slog.Handler }

// Enabled implements [slog.Handler].
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// Handle implements [slog.Handler]. The SDK calls it an error when a task is to be
// delivered again; how attempts end is logged where they run.
func (w warnings) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "Activity error." {
		return nil
	}
	return w.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
