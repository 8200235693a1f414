// Package ingests is the page that lists ingests, newest first: filters that
// stand in the address, counters per status, saved views, live rows, and cancel
// and retry of many at once. Start at [Routes].
//
// The list is a form of the browser's own; without scripts it pages and acts
// all the same. static/ingests.js of the kit fetches what has changed: rows by
// their ids, what arrived above the first row, and the counters.
package ingests
