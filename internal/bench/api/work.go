package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

const (
	// waiting is how many ingests are unfinished all the time. The server gets
	// no further with them than reading their first bytes.
	waiting = 40
	// updatesPerSecond is how many changes of state or progress an ingest sees
	// while updates are on, made by ingests of changesEach that are submitted
	// evenly: acceptance, and claim and result of each of its five tasks.
	updatesPerSecond = 200
	changesEach      = 11
)

// fiveSteps is a profile of five tasks in a row, without media work.
const fiveSteps = `
name: five
distribution:
- filesetFilter: initialInput
  distributionProfile: {name: one, type: URL_REWRITE, sourceLocation: {name: s, type: web, baseUrl: "https://origin.example"}, targetLocation: {name: a, type: web, baseUrl: "https://a.example"}}
  filesetLabelOut: a
- filesetFilter: a
  distributionProfile: {name: two, type: URL_REWRITE, targetLocation: {name: b, type: web, baseUrl: "https://b.example"}}
  filesetLabelOut: b
- filesetFilter: b
  distributionProfile: {name: three, type: URL_REWRITE, targetLocation: {name: c, type: web, baseUrl: "https://c.example"}}
  filesetLabelOut: c
- filesetFilter: c
  distributionProfile: {name: four, type: URL_REWRITE, targetLocation: {name: d, type: web, baseUrl: "https://d.example"}}
  filesetLabelOut: d
- filesetFilter: d
  distributionProfile: {name: five, type: URL_REWRITE, targetLocation: {name: e, type: web, baseUrl: "https://e.example"}}
  filesetLabelOut: e
`

// work is what the server has to do beside answering: some ingests under way,
// and updates while they are on.
type work struct {
	client *client.Client
	source *http.Server
	cancel context.CancelFunc
	all    sync.WaitGroup

	updating atomic.Bool

	mu  sync.Mutex
	err error
}

func newWork(ctx context.Context, url, token string) (_ *work, err error) {
	w := &work{}
	if w.client, err = client.New(url, client.Options{Token: token, Tenant: tenant}); err != nil {
		return nil, err
	}
	ctx, w.cancel = context.WithCancel(ctx)
	address, err := w.serveSlowly(ctx)
	if err != nil {
		w.cancel()
		return nil, err
	}
	for i := range waiting {
		s := client.Submission{AssetID: fmt.Sprint("waiting-", i), URI: address + "/main.mp4"}
		if _, err := w.client.Submit(ctx, s, ""); err != nil {
			w.stop()
			return nil, err
		}
	}
	if _, err := w.client.ApplyProfile(ctx, "five", []byte(fiveSteps)); err != nil {
		w.stop()
		return nil, err
	}
	w.all.Go(func() { w.update(ctx) })
	return w, nil
}

// serveSlowly serves a file that never comes to its end, a byte at a time.
func (w *work) serveSlowly(ctx context.Context) (url string, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	w.source = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "video/mp4")
		rw.Header().Set("Content-Length", "1000000")
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			if _, err := rw.Write([]byte{0}); err != nil {
				return
			}
			_ = http.NewResponseController(rw).Flush()
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			case <-ctx.Done():
				return
			}
		}
	})}
	w.all.Go(func() { _ = w.source.Serve(listener) }) // It ends when it is closed.
	return "http://" + listener.Addr().String(), nil
}

// update makes the updates, while updating is set.
func (w *work) update(ctx context.Context) {
	tick := time.NewTicker(time.Second * changesEach / updatesPerSecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !w.updating.Load() {
			continue
		}
		s := client.Submission{AssetID: fmt.Sprint("updated-", i%1000), URI: "https://origin.example/main.mp4", Profile: "five", Force: true}
		if _, err := w.client.Submit(ctx, s, ""); err != nil && ctx.Err() == nil {
			w.mu.Lock()
			w.err = fmt.Errorf("submit: %w", err)
			w.mu.Unlock()
			return
		}
	}
}

// failure is why the updates ended before they were stopped.
func (w *work) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *work) stop() {
	w.cancel()
	_ = w.source.Close()
	w.all.Wait()
}
