package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Options of a [Client]. The zero value talks to a server without sign-in, as
// its default tenant.
type Options struct {
	Token  string // bearer token; empty: none is sent
	Tenant string // X-Vimond-Tenant; empty: the token's, or "default"
	// HTTPClient sends the requests; nil: one without an overall time limit
	// (uploads take long), so give contexts a deadline.
	HTTPClient *http.Client
}

// Client talks to one server as one tenant. It is safe for concurrent use.
type Client struct {
	base *url.URL
	http *http.Client
	edit RequestEditorFn
	api  *api // tries safe requests again
	once *api // does not
}

// New makes a client of the server at baseURL, such as
// "http://127.0.0.1:8080". It does not connect yet. An address that is not
// http or https, or that holds user-info, a query or a fragment, is an error.
func New(baseURL string, o Options) (*Client, error) {
	base, err := parseBase(baseURL)
	if err != nil {
		return nil, err
	}
	c := &Client{base: base, http: o.HTTPClient}
	if c.http == nil {
		c.http = &http.Client{Transport: http.DefaultTransport}
	}
	c.edit = func(_ context.Context, r *http.Request) error {
		if o.Token != "" {
			r.Header.Set("Authorization", "Bearer "+o.Token)
		}
		if o.Tenant != "" {
			r.Header.Set("X-Vimond-Tenant", o.Tenant)
		}
		return nil
	}
	if c.api, err = NewClient(base.String(), WithHTTPClient(retrying{c.http}), WithRequestEditorFn(c.edit)); err != nil {
		return nil, err
	}
	c.once, err = NewClient(base.String(), WithHTTPClient(c.http), WithRequestEditorFn(c.edit))
	return c, err
}

func parseBase(baseURL string) (*url.URL, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		// The error of url.Parse repeats the address, which may hold a password.
		return nil, errors.New("the server's address is not a URL")
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("the server's address %q must begin with http:// or https:// and name a host", base.Redacted())
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("the server's address must hold no user-info, query or fragment: give a token instead")
	}
	if !strings.HasSuffix(base.Path, "/") {
		base = base.JoinPath("/")
	}
	return base, nil
}

// URL is the absolute address of what the server names relatively, such as
// the detailsUrl of an ingest.
func (c *Client) URL(relative string) string {
	return c.base.JoinPath(relative).String()
}
