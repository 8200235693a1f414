package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// trouble is what a service says is wrong, by what to do about it.
type trouble int

const (
	unknown trouble = iota
	throttled
	noBucket
	badCredentials
	expired
	otherRegion
	damaged
)

// troubleOf knows the codes of AWS and of services like it.
func troubleOf(code string) trouble {
	switch code {
	case "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests", "ReduceYourRateLimit":
		return throttled
	case "NoSuchBucket":
		return noBucket
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthFailure", "InvalidSecurity", "UnrecognizedClientException", "InvalidClientTokenId",
		"XAdminUserNotFound": // of versitygw
		return badCredentials
	case "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "RequestExpired":
		return expired
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
		return otherRegion
	case "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch":
		return damaged
	}
	return unknown
}

// explain makes the [vod.StepError] of what went wrong with an object, or with
// the bucket for an empty key. A StepError and the end of ctx stay what they
// are; nil for nil.
func (b *Bucket) explain(ctx context.Context, key string, err error) error {
	var se *vod.StepError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &se):
		return err
	}
	return b.classify(key, err)
}

// classify goes by what the service says, and by its status where it says
// nothing: an answer to HEAD has no body. What it says of one object among those
// that a request was for has no status.
func (b *Bucket) classify(key string, err error) *vod.StepError {
	code, status := codeOf(err)
	said := troubleOf(code)
	var noCredentials *credentialsError
	switch {
	case said == throttled, status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		return remoteError(vod.ReasonRateLimited, b.of("The service", "asks for fewer requests", status), err)
	case status >= http.StatusInternalServerError, code == "InternalError":
		return remoteError(vod.ReasonUnreachable, b.of("The service", "cannot answer now", status), err)
	case errors.As(err, &noCredentials):
		return b.noCredentials(noCredentials, code, err)
	case said == noBucket:
		return configError(fmt.Sprintf("There is no bucket %s%s.", b.Name, b.at()), err)
	case said == badCredentials:
		return configError(fmt.Sprintf("The service of bucket %s does not take the credentials (%s).", b.Name, code), err)
	case said == expired:
		return configError(fmt.Sprintf("The credentials for bucket %s have expired (%s).", b.Name, code), err)
	case said == otherRegion, status == http.StatusMovedPermanently, status == http.StatusTemporaryRedirect:
		return configError(fmt.Sprintf("Bucket %s is not in the region that it is asked for in.", b.Name), err)
	case status == http.StatusForbidden, status == http.StatusUnauthorized, code == "AccessDenied":
		e := configError(fmt.Sprintf("Access to bucket %s is denied.", b.Name), err)
		e.Reason = vod.ReasonForbidden
		return e
	case status == http.StatusNotFound && key != "":
		return b.missing(key, err)
	case status == http.StatusPreconditionFailed:
		return remoteError(vod.ReasonSourceUnreadable, fmt.Sprintf("%s changed while it was read.", b.URI(key)), err)
	case said == damaged:
		return remoteError(vod.ReasonChecksum, fmt.Sprintf("What was sent to bucket %s was damaged on its way (%s).", b.Name, code), err)
	case status == http.StatusRequestTimeout || isTimeout(err):
		return remoteError(vod.ReasonTimeout, b.of("The service", "did not answer in time", 0), err)
	case status == 0 && code == "":
		return remoteError(vod.ReasonUnreachable, b.of("The service", "cannot be reached, or closed the connection", 0), err)
	}
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonInternal, Cause: err,
		Message: fmt.Sprintf("The service of bucket %s refuses a request (%d %s).", b.Name, status, code),
	}
}

// codeOf is what the service says is wrong, and with what status; zero values
// where it says nothing.
func codeOf(err error) (code string, status int) {
	var api smithy.APIError
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
	}
	return code, status
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, errStalled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// noCredentials is for credentials that cannot be got: that the service which
// gives them for a role is not there now is not the operator's fault.
func (b *Bucket) noCredentials(why *credentialsError, code string, err error) *vod.StepError {
	what := "No credentials were found for bucket " + b.Name
	if b.access.Role != "" && !why.own {
		what = fmt.Sprintf("The role %s, for bucket %s, cannot be assumed", b.access.Role, b.Name)
		if code == "" {
			return remoteError(vod.ReasonUnreachable, what+" now.", err)
		}
	}
	if code != "" {
		what += " (" + code + ")"
	}
	return configError(what+".", err)
}

func (b *Bucket) missing(key string, err error) *vod.StepError {
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonSourceMissing, Cause: errors.Join(fs.ErrNotExist, err),
		Message: fmt.Sprintf("Object %s is gone.", b.URI(key)),
		Hint:    "Retry the ingest: it does the work again whose files are gone.",
	}
}

// of is a sentence about the bucket's service.
func (b *Bucket) of(who, does string, status int) string {
	text := fmt.Sprintf("%s of bucket %s%s %s", who, b.Name, b.at(), does)
	if status != 0 {
		text += fmt.Sprintf(" (%d)", status)
	}
	return text + "."
}

// at says where the bucket is looked for.
func (b *Bucket) at() string {
	if b.access.Endpoint == "" {
		return ""
	}
	return " at " + b.access.Endpoint
}

func remoteError(reason vod.Reason, message string, err error) *vod.StepError {
	return &vod.StepError{
		Class: vod.ClassRemote, Reason: reason, Message: message, Cause: err,
		Hint: "Wait until the storage is well again, then retry the ingest.",
	}
}

func configError(message string, err error) *vod.StepError {
	return &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig, Message: message, Cause: err,
		Hint: "Check the bucket, endpoint, region and role of the location, the credentials of this server and the bucket's policy, then retry the ingest.",
	}
}
