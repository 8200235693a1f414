// Package orchestrate holds the use cases: submit, list, get, plan, cancel,
// retry, delete, import, profiles and playback. The API, the UI and the CLI
// all end here, and this is the one place where tenants are checked.
//
// Every method takes the tenant that the caller acts for. What a caller may
// mend is a [vod.Fault]; an id of another tenant is not found.
package orchestrate
