package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/config"
)

// remote are the flags of the commands that talk to a server.
type remote struct {
	Server string        `default:"http://127.0.0.1:8080" placeholder:"URL" help:"Address of the server (ORCHESTRATE_SERVER). Default: ${default}."`
	Token  config.Secret `placeholder:"TOKEN" help:"Bearer token (ORCHESTRATE_TOKEN, which does not show in process lists)."`
	Tenant string        `placeholder:"NAME" help:"Tenant to act for (ORCHESTRATE_TENANT)."`
	Output string        `short:"o" default:"table" enum:"table,json" placeholder:"FORMAT" help:"table or json; json is the server's answer as it was sent, indented in a terminal. Default: ${default}."`
}

func (r remote) json() bool { return r.Output == "json" }

// session is a connection to a server.
type session struct {
	*client.Client
	tape *tape
}

func (r remote) connect() (*session, error) {
	tape := &tape{next: http.DefaultTransport}
	c, err := client.New(r.Server, client.Options{
		Token: r.Token.Reveal(), Tenant: r.Tenant, HTTPClient: &http.Client{Transport: tape},
	})
	if err != nil {
		return nil, &usageError{"--server: " + err.Error(), "--server http://127.0.0.1:8080"}
	}
	return &session{c, tape}, nil
}

// tape keeps the last JSON answer as it came, for -o json. It serves one
// request at a time.
type tape struct {
	next http.RoundTripper
	last *bytes.Buffer
}

// RoundTrip implements [http.RoundTripper].
func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if stranger(resp) {
		_ = resp.Body.Close()
		return nil, errStranger
	}
	if resp.StatusCode < 300 && strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		t.last = &bytes.Buffer{}
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(resp.Body, t.last), resp.Body}
	}
	return resp, nil
}

// errStranger is an answer that no Orchestrate server gives.
var errStranger = errors.New("is not Orchestrate")

// stranger tells whether another program answered: ours says what is found and
// what is not as JSON. Other refusals may be those of a proxy before our server.
func stranger(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusOK, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return resp.Request.Method != http.MethodHead && !strings.Contains(resp.Header.Get("Content-Type"), "json")
	}
	return false
}

// print writes the last JSON answer.
func (t *tape) print(w io.Writer) error {
	if t.last == nil {
		return printJSON(w, nil)
	}
	return printJSON(w, t.last.Bytes())
}

// printJSON writes a document, ended by one line feed: to a terminal with a line
// for each value, else as it is.
func printJSON(w io.Writer, text []byte) error {
	text = bytes.TrimRight(text, "\n")
	if _, ok := asTerminal(w); ok {
		var out bytes.Buffer
		if json.Indent(&out, text, "", "  ") == nil {
			text = out.Bytes()
		}
	}
	_, err := w.Write(append(text, '\n'))
	return err
}
