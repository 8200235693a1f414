package netguard

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// addressInText finds what may hold a secret query in the text of an error.
var addressInText = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"]+|\?[^\s"]+`)

// badLocation is how net/http, which has no type for it, tells of a redirect to
// what is not an address.
const badLocation = "failed to parse Location header"

// Explain makes the [vod.StepError] for a request to host that got no answer,
// or whose answer broke off. After redirects it names the host that err does,
// which is the last one. Neither its message nor its cause holds an
// address: errors of net/http do, with the query. The end of the request's own
// context is the caller's to tell apart first.
func Explain(host string, err error) *vod.StepError {
	var se *vod.StepError
	if errors.As(err, &se) {
		return se
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		if u, perr := url.Parse(ue.URL); perr == nil && u.Hostname() != "" {
			host = u.Hostname()
		}
	}
	if what := unusable(err); what != "" {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonSourceUnreadable, Cause: redacted(err),
			Message: fmt.Sprintf("%s %s.", host, what),
			Hint:    "Give the address that it is meant to lead to.",
		}
	}
	reason, what := describe(err)
	return &vod.StepError{
		Class: vod.ClassRemote, Reason: reason, Cause: redacted(err),
		Message: fmt.Sprintf("%s %s.", host, what),
		Hint:    "Check that the server is up and reachable from here, then retry the ingest.",
	}
}

// unusable tells of an address that no later attempt can read; "" for others.
func unusable(err error) string {
	var ue *url.Error
	var addr *net.AddrError
	switch {
	case errors.As(err, &ue) && strings.HasPrefix(ue.Err.Error(), badLocation):
		return "redirects to something that is not an address"
	case errors.As(err, &addr):
		return "has an address that nothing can connect to: " + addr.Err
	}
	return ""
}

// describe tells what happened without quoting err.
func describe(err error) (vod.Reason, string) {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return vod.ReasonUnreachable, "is a name that does not exist"
	case errors.As(err, &dns):
		return vod.ReasonUnreachable, "is a name that cannot be looked up now"
	case errors.Is(err, syscall.ECONNREFUSED):
		return vod.ReasonUnreachable, "refuses connections"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return vod.ReasonUnreachable, "cannot be reached: there is no route"
	case errors.As(err, &cert):
		return vod.ReasonUnreachable, "has a certificate that is not trusted"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return vod.ReasonUnreachable, "does not speak TLS there"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return vod.ReasonTimeout, "did not answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return vod.ReasonUnreachable, "closed the connection before the answer was complete"
	}
	return vod.ReasonUnreachable, "gave an answer that is not proper HTTP, or broke it off"
}

// redacted is err's text for the log, without addresses.
func redacted(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	return errors.New(addressInText.ReplaceAllString(err.Error(), "…"))
}
