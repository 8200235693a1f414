package objectstore

import (
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Options are what all clients of a [Clients] share. The zero value is ready
// for use.
type Options struct {
	// Credentials are used in place of the standard chain of AWS: environment,
	// shared files, web identity, container and instance roles.
	Credentials aws.CredentialsProvider
	Connect     time.Duration // to open a connection; 10 s if zero
	Handshake   time.Duration // of TLS; 10 s if zero
	// Header is how long a service may take from the end of a request to the
	// first byte of its answer; 60 s if zero, since completing a large upload
	// takes that long. There is no limit for a whole transfer.
	Header time.Duration
	Idle   time.Duration // after which an unused connection is closed; 90 s if zero
	// Stall is how long a transfer may stand still; 30 s if zero.
	Stall time.Duration
	// Attempts is how often a request is made in all before it counts as failed;
	// 4 if zero.
	Attempts int
	// Pause is the longest wait before a request is made again; 5 s if zero.
	Pause time.Duration
	// Observe puts something between the SDK and the connection, to count what is
	// sent; nil: nothing.
	Observe func(Sender) Sender
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&o.Connect, 10 * time.Second},
		{&o.Handshake, 10 * time.Second},
		{&o.Header, time.Minute},
		{&o.Idle, 90 * time.Second},
		{&o.Stall, 30 * time.Second},
		{&o.Pause, 5 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	if o.Attempts == 0 {
		o.Attempts = 4
	}
	return o
}

// Sender is what sends HTTP requests.
type Sender = interface {
	Do(r *http.Request) (*http.Response, error)
}

// Access is a way to reach a service.
type Access struct {
	Endpoint string // address of the service; empty: that of AWS in the region
	Region   string // empty: as the credential chain says
	Role     string // ARN of the role to assume; empty: none
	// Tenant is named by the session of a role, so that the bucket's owner sees
	// in its logs for whom it was used.
	Tenant string
}

// usualRegion is what a service with an endpoint of its own is signed for where
// nothing else is said, as other clients do.
const usualRegion = "us-east-1"

// Clients keeps one client for each access. It is safe for concurrent use.
type Clients struct {
	options Options
	http    *awshttp.BuildableClient

	mu       sync.Mutex
	byAccess map[Access]*s3.Client
}

// New makes a Clients. It asks nobody anything.
func New(o Options) *Clients {
	o = o.withDefaults()
	client := awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = o.Connect }).
		WithTransportOptions(func(t *http.Transport) {
			t.TLSHandshakeTimeout, t.ResponseHeaderTimeout, t.IdleConnTimeout = o.Handshake, o.Header, o.Idle
			t.MaxIdleConnsPerHost = 32
		})
	return &Clients{options: o, http: client, byAccess: map[Access]*s3.Client{}}
}

// Bucket gives a bucket, and asks nobody whether it is there. It fails where the
// shared files of the credential chain cannot be read.
func (c *Clients) Bucket(ctx context.Context, a Access, name string) (*Bucket, error) {
	if a.Role == "" {
		a.Tenant = ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	client := c.byAccess[a]
	if client == nil {
		var err error
		if client, err = c.client(ctx, a); err != nil {
			return nil, configError("The credentials for bucket "+name+" cannot be read.", err)
		}
		c.byAccess[a] = client
	}
	return &Bucket{
		Client: client, Name: name, access: a, stall: c.options.Stall, pause: min(c.options.Pause, 200*time.Millisecond),
	}, nil
}

func (c *Clients) client(ctx context.Context, a Access) (*s3.Client, error) {
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(c.http),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				// The bound is on attempts: a bucket shared by many must not make the
				// retries of one transfer use up those of another.
				o.MaxAttempts, o.MaxBackoff, o.RateLimiter = c.options.Attempts, c.options.Pause, ratelimit.None
			})
		}),
	}
	if a.Region != "" {
		load = append(load, config.WithRegion(a.Region))
	}
	if c.options.Credentials != nil {
		load = append(load, config.WithCredentialsProvider(c.options.Credentials))
	}
	loaded, err := config.LoadDefaultConfig(context.WithoutCancel(ctx), load...)
	if err != nil {
		return nil, err
	}
	if loaded.Region == "" && a.Endpoint != "" {
		loaded.Region = usualRegion
	}
	loaded.Credentials = named{loaded.Credentials, true}
	if a.Role != "" {
		provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(loaded), a.Role, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName = sessionName(a.Tenant)
		})
		loaded.Credentials = named{aws.NewCredentialsCache(provider), false}
	}
	return s3.NewFromConfig(loaded, func(o *s3.Options) {
		if a.Endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = aws.String(a.Endpoint), true
		}
		if c.options.Observe != nil { // Not earlier: to that client the SDK adds AWS_CA_BUNDLE.
			o.HTTPClient = c.options.Observe(o.HTTPClient)
		}
	}), nil
}

// notInSession is what the name of a role's session cannot have.
var notInSession = regexp.MustCompile(`[^A-Za-z0-9_=,.@-]`)

// sessionName names the tenant, within the 64 characters that there may be.
func sessionName(tenant string) string {
	name := "orchestrate-" + notInSession.ReplaceAllString(tenant, "-")
	return name[:min(len(name), 64)]
}

// named gives credentials, and makes errors of that tell what they are of.
type named struct {
	aws.CredentialsProvider
	own bool // of this server, not of a role
}

// Retrieve implements [aws.CredentialsProvider].
func (n named) Retrieve(ctx context.Context) (aws.Credentials, error) {
	got, err := n.CredentialsProvider.Retrieve(ctx)
	var known *credentialsError
	if err != nil && !errors.As(err, &known) {
		err = &credentialsError{err, n.own}
	}
	return got, err
}

// credentialsError is why there are no credentials.
type credentialsError struct {
	error
	own bool // of this server, not of a role
}

func (e *credentialsError) Unwrap() error { return e.error }
