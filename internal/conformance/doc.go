// Package conformance is the contract test suite of the VIA Orchestrate Status
// API. [Run] asks a server over HTTP, knows nothing of how it is made, and tells
// where its answers differ from the API page (level contract) and from this
// project's rules where the page is silent (level extension).
//
// It brings no data. A [survey] walks the list and reads some details; the
// checks then ask for what was found there in every other way that the API
// offers, and hold the answers against the walk. Meanwhile ingests may arrive
// and move on: what can change is compared only where it is settled, and a
// check of moving data that differs is made again on a new survey before it is
// believed.
//
// Answers are read token by token ([value]), since the order of keys and
// number versus string are part of the contract, and a foreign server may
// answer anything. Requests are made one after the other, bounded in number,
// time and size. The token goes to the given server alone: redirects are not
// followed.
package conformance
