// Package orchestrate holds the use cases: submit, list, get, plan, cancel,
// retry, delete, import, profiles and playback. The API, the UI and the CLI
// all end here, and this is the one place where permissions and tenants are
// checked.
//
// Every method takes the [vod.Caller] that asks, and begins with what it
// requires of it. What a caller may mend is a [vod.Fault]; an id of another
// tenant is not found. What a person changes stands in the audit log, written
// in the transaction of the change.
package orchestrate
