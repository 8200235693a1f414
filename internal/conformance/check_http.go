package conformance

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func httpChecks() []Check {
	const group = "HTTP"
	return []Check{
		{
			ID: "http.request-type", Group: group, Title: "A Content-Type on a request without a body changes nothing", Level: Contract, moving: true,
			Source: "page: its own requests carry one", run: httpRequestType,
		},
		{
			ID: "http.content-type", Group: group, Title: "Answers are application/json", Level: Extension,
			Source: "ours: the page does not show headers", run: httpContentType,
		},
		{
			ID: "http.problem", Group: group, Title: "Errors are problem documents with title, status and detail", Level: Extension,
			Source: "ours: application/problem+json, RFC 9457", run: httpProblem,
		},
		{
			ID: "http.method", Group: group, Title: "A method that a path does not take is a 405 with Allow", Level: Extension,
			Source: "ours: RFC 9110 section 15.5.6", run: httpMethod,
		},
		{
			ID: "http.path", Group: group, Title: "A path that does not exist is a 404", Level: Extension,
			Source: "ours: RFC 9110 section 15.5.5", run: httpPath,
		},
		{
			ID: "http.head", Group: group, Title: "HEAD answers as GET does, without the body", Level: Extension,
			Source: "ours: RFC 9110 section 9.3.2", run: httpHead,
		},
		{
			ID: "http.options", Group: group, Title: "OPTIONS tells the methods of a path in Allow", Level: Extension,
			Source: "ours: RFC 9110 section 9.3.7", run: httpOptions,
		},
		{
			ID: "http.etag", Group: group, Title: "Lists and details carry a weak ETag", Level: Extension,
			Source: "ours: RFC 9110 section 8.8.3", run: httpETag,
		},
		{
			ID: "http.not-modified", Group: group, Title: "If-None-Match with that ETag is a 304 without a body", Level: Extension,
			Source: "ours: RFC 9110 section 13.1.2", run: httpNotModified,
		},
		{
			ID: "http.compression", Group: group, Title: "gzip, where the client asks for it, holds the same answer", Level: Extension,
			Source: "ours: RFC 9110 section 8.4; an answer may stay plain", run: httpCompression,
		},
	}
}

// stable gives paths and parameters of answers that do not change.
func (r *run) stable() []request {
	for _, row := range slices.Concat(r.look.settled(1), r.look.others) {
		if row.settled() {
			id := row.id()
			return []request{{path: "/ingests", query: map[string][]string{"ingestId": {id}}}, {path: detailPath(id)}}
		}
	}
	return nil
}

const needsEnded = "no ingest has ended"

func httpRequestType(ctx context.Context, r *run) (v verdict) {
	for _, q := range r.stable() {
		plain := r.ask(ctx, q)
		q.header = http.Header{"Content-Type": {"application/json"}}
		typed := r.ask(ctx, q)
		v.unless(typed.status == plain.status && bytes.Equal(typed.body, plain.body), typed, "the same as without Content-Type: "+plain.String(), typed.String())
	}
	return v.orUntested(len(r.stable()), needsEnded)
}

func httpContentType(_ context.Context, r *run) (v verdict) {
	answers := []*answer{r.look.pages[0].answer}
	for _, d := range r.look.details {
		answers = append(answers, d.answer)
	}
	for _, a := range answers {
		v.hasMedia(a, "application/json")
	}
	return v
}

func (v *verdict) hasMedia(a *answer, want string) {
	got := a.header.Get("Content-Type")
	media, parameters, err := mime.ParseMediaType(got)
	charset := parameters["charset"]
	v.unless(err == nil && media == want && (charset == "" || strings.EqualFold(charset, "utf-8")), a, "Content-Type "+want, strconv.Quote(got))
}

func httpProblem(ctx context.Context, r *run) (v verdict) {
	for _, a := range []*answer{
		r.get(ctx, detailPath(unknownID)), r.get(ctx, "/ingests", "limit", "0"), r.get(ctx, "/conformance-test-no-such-path"),
	} {
		if a.status < http.StatusBadRequest {
			continue // Another check tells that it is no error.
		}
		v.hasMedia(a, "application/problem+json")
		status, _ := a.json.get("status").whole()
		v.unless(int(status) == a.status && a.json.get("title").str() != "" && a.json.get("detail").str() != "", a,
			fmt.Sprintf("a problem document with title, status %d and detail", a.status), a.String())
	}
	return v
}

// httpMethod uses methods that are safe wherever they are known.
func httpMethod(ctx context.Context, r *run) (v verdict) {
	for _, q := range []struct{ method, path, allowed string }{
		{http.MethodGet, "/cancel/" + unknownID, http.MethodDelete},
		{"PROPFIND", "/ingests", http.MethodGet},
		{"PROPFIND", detailPath(unknownID), http.MethodGet},
	} {
		a := r.ask(ctx, request{method: q.method, path: q.path})
		v.unless(a.status == http.StatusMethodNotAllowed && a.allows(q.allowed), a, "405 with Allow that has "+q.allowed, a.withAllow())
	}
	return v
}

func (a *answer) allows(method string) bool {
	for part := range strings.SplitSeq(strings.Join(a.header.Values("Allow"), ","), ",") {
		if strings.TrimSpace(part) == method {
			return true
		}
	}
	return false
}

func (a *answer) withAllow() string {
	return fmt.Sprintf("%s, Allow %q", a, strings.Join(a.header.Values("Allow"), ", "))
}

func httpPath(ctx context.Context, r *run) (v verdict) {
	a := r.get(ctx, "/conformance-test-no-such-path")
	v.unless(a.status == http.StatusNotFound, a, "404", a.String())
	return v
}

func httpHead(ctx context.Context, r *run) (v verdict) {
	for _, q := range append(r.stable(), request{path: detailPath(unknownID)}) {
		get := r.ask(ctx, q)
		q.method = http.MethodHead
		head := r.ask(ctx, q)
		kind := get.header.Get("Content-Type")
		v.unless(head.status == get.status && head.header.Get("Content-Type") == kind, head, fmt.Sprintf("%d, %s, as GET", get.status, kind), head.String())
	}
	return v
}

func httpOptions(ctx context.Context, r *run) (v verdict) {
	for _, q := range []struct{ path, allowed string }{
		{"/ingests", http.MethodGet}, {detailPath(unknownID), http.MethodGet}, {"/cancel/" + unknownID, http.MethodDelete},
	} {
		a := r.ask(ctx, request{method: http.MethodOptions, path: q.path})
		v.unless(a.status/100 == 2 && a.allows(q.allowed), a, "2xx with Allow that has "+q.allowed, a.withAllow())
	}
	return v
}

var weakTag = regexp.MustCompile(`^W/"[\x21\x23-\x7E\x80-\xFF]*"$`)

func httpETag(ctx context.Context, r *run) (v verdict) {
	for _, q := range append(r.stable(), request{path: "/ingests"}) {
		a := r.ask(ctx, q)
		v.unless(weakTag.MatchString(a.header.Get("ETag")), a, `ETag such as W/"…"`, strconv.Quote(a.header.Get("ETag")))
	}
	return v
}

func httpNotModified(ctx context.Context, r *run) (v verdict) {
	tagged := 0
	for _, q := range r.stable() {
		tag := r.ask(ctx, q).header.Get("ETag")
		if tag == "" {
			continue
		}
		tagged++
		for match, want := range map[string]int{
			tag: http.StatusNotModified, `"another", ` + tag: http.StatusNotModified, `W/"another"`: http.StatusOK,
		} {
			q.header = http.Header{"If-None-Match": {match}}
			a := r.ask(ctx, q)
			v.unless(a.status == want && (want == http.StatusOK || len(a.body) == 0 && a.header.Get("ETag") == tag), a,
				fmt.Sprintf("%d with ETag %s for If-None-Match: %s", want, tag, match), fmt.Sprintf("%s, ETag %s", a, a.header.Get("ETag")))
		}
	}
	return v.orUntested(tagged, "no answer that stays the same has an ETag")
}
