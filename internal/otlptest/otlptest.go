// Package otlptest gives tests a collector for traces: a server that speaks
// OTLP as real ones do, over HTTP and gRPC, and keeps what it was sent.
package otlptest

import (
	"context"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	pb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// Span is one span as it arrived. Ids are hexadecimal.
type Span struct {
	Trace, ID, Parent string // Parent is "" for the first of a trace
	Name              string
	Service           string
	Error             string            // the status' message, "" if it is not one
	About             map[string]string // attributes, those of the resource among them
	Start, End        time.Time
}

// Collector is a running collector. It is safe for concurrent use.
type Collector struct {
	collector.UnimplementedTraceServiceServer
	URL  string // for OTLP over HTTP
	GRPC string // for OTLP over gRPC

	mu      sync.Mutex
	spans   []Span
	refuses bool
	arrived chan struct{} // closed, and made anew, with every arrival
}

// Start runs a collector until the test ends.
func Start(t testing.TB) *Collector {
	t.Helper()
	c := &Collector{arrived: make(chan struct{})}
	web := httptest.NewServer(c)
	t.Cleanup(web.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // It lives as long as the test.
	if err != nil {
		t.Fatal(err)
	}
	rpc := grpc.NewServer()
	collector.RegisterTraceServiceServer(rpc, c)
	go func() { _ = rpc.Serve(listener) }() // Ends with Stop.
	t.Cleanup(rpc.Stop)
	c.URL, c.GRPC = web.URL, "http://"+listener.Addr().String()
	return c
}

// Refuse has the collector turn away what comes, or take it again.
func (c *Collector) Refuse(refuse bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuses = refuse
}

// Spans are those that have arrived so far.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// Wait gives the spans as soon as they are enough, and fails the test when they
// are not within a minute.
func (c *Collector) Wait(t testing.TB, enough func([]Span) bool) []Span {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		c.mu.Lock()
		spans, arrived := slices.Clone(c.spans), c.arrived
		c.mu.Unlock()
		if enough(spans) {
			return spans
		}
		select {
		case <-arrived:
		case <-deadline:
			names := map[string]int{}
			for _, s := range spans {
				names[s.Name]++
			}
			t.Fatalf("the spans that were waited for did not come within a minute, but %v", names)
		}
	}
}

// ServeHTTP implements [http.Handler]: OTLP over HTTP, as protobuf.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var request collector.ExportTraceServiceRequest
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/v1/traces":
		http.NotFound(w, r)
	case err != nil || r.Header.Get("Content-Type") != "application/x-protobuf" || proto.Unmarshal(body, &request) != nil:
		http.Error(w, "not a protobuf of spans", http.StatusBadRequest)
	case !c.take(&request):
		http.Error(w, "refused", http.StatusForbidden)
	}
}

// Export implements the service of OTLP over gRPC.
func (c *Collector) Export(_ context.Context, request *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	c.take(request)
	return &collector.ExportTraceServiceResponse{}, nil
}

func (c *Collector) take(request *collector.ExportTraceServiceRequest) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuses {
		return false
	}
	for _, of := range request.GetResourceSpans() {
		resource := texts(of.GetResource().GetAttributes())
		for _, scope := range of.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans = append(c.spans, span(s, resource))
			}
		}
	}
	close(c.arrived)
	c.arrived = make(chan struct{})
	return true
}

func span(s *pb.Span, resource map[string]string) Span {
	about := texts(s.GetAttributes())
	for key, value := range resource {
		about[key] = value
	}
	failure := ""
	if s.GetStatus().GetCode() == pb.Status_STATUS_CODE_ERROR {
		failure = s.GetStatus().GetMessage()
	}
	return Span{
		Trace: hex.EncodeToString(s.GetTraceId()), ID: hex.EncodeToString(s.GetSpanId()), Parent: hex.EncodeToString(s.GetParentSpanId()),
		Name: s.GetName(), Service: resource["service.name"], Error: failure, About: about,
		Start: time.Unix(0, int64(s.GetStartTimeUnixNano())), End: time.Unix(0, int64(s.GetEndTimeUnixNano())),
	}
}

func texts(attributes []*common.KeyValue) map[string]string {
	all := map[string]string{}
	for _, a := range attributes {
		switch value := a.GetValue().GetValue().(type) {
		case *common.AnyValue_StringValue:
			all[a.GetKey()] = value.StringValue
		default:
			all[a.GetKey()] = a.GetValue().String()
		}
	}
	return all
}
