package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// limit is what a server can be compared with: a plain handler that has the
// answer in memory. PUT sets the answer.
func limit() http.Handler {
	var answer atomic.Pointer[[]byte]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			answer.Store(&body)
			return
		}
		body := *answer.Load()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body) // An error is that of a connection that is gone.
	})
}

// serveLimit is the process of the limit. It tells its address first.
func serveLimit(ctx context.Context, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "url=http://%s\n", listener.Addr())
	server := &http.Server{Handler: limit(), ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	return server.Serve(listener)
}

// setLimit has the limit answer with the text from now on.
func setLimit(ctx context.Context, p *process, text []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, p.url, bytes.NewReader(text))
	if err != nil {
		return err
	}
	resp, err := new(http.Client).Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
