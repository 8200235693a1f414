package conformance

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
)

// httpCompression compares the compressed and the plain answer. Short ones may
// stay plain, so it asks for a long one too.
func httpCompression(ctx context.Context, r *run) (v verdict) {
	compressed := 0
	for _, q := range r.longest() {
		plain := r.ask(ctx, q)
		q.header = http.Header{"Accept-Encoding": {"gzip"}}
		a := r.ask(ctx, q)
		if a.header.Get("Content-Encoding") != "gzip" {
			continue
		}
		compressed++
		text, err := unzip(a.body)
		v.unless(err == nil && bytes.Equal(text, plain.body), a, "gzip of "+short(string(plain.body)), short(string(text)))
		v.unless(strings.Contains(strings.ToLower(strings.Join(a.header.Values("Vary"), ",")), "accept-encoding"), a,
			"Vary with Accept-Encoding on a compressed answer", strings.Join(a.header.Values("Vary"), ", "))
	}
	return v.orUntested(compressed, "no answer was compressed")
}

// longest gives the longest detail that changes no more.
func (r *run) longest() []request {
	var path string
	most := 0
	for _, d := range r.look.details {
		if d.ok() && d.settled() && len(d.body) > most {
			path, most = detailPath(d.row.id()), len(d.body)
		}
	}
	if path == "" {
		return nil
	}
	return []request{{path: path}}
}

func unzip(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, maxBody))
}
