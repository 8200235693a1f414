// Package metrics counts what the server does, for Prometheus.
//
// Each file holds the metrics of one part of the server: engine.go implements
// the observer of package engine and http.go that of package httpd, store.go
// hears of the database's transactions, s3.go counts requests to object storage,
// and temporal.go keeps of what Temporal's SDK counts what operators need.
// state.go and cluster.go look, whenever somebody scrapes, at what has a value at
// every moment: queues, files, disks, workers. All metrics live in a registry of
// their own; docs/observability.md tells what each means, and a test keeps its
// table equal to the code.
//
// Labels have few values. Those that others choose (names of profiles, methods
// of requests) are bounded here. The metrics count all tenants together, so no
// tenant's token may read them: see docs/adr/0005-metrics-listener.md.
package metrics
