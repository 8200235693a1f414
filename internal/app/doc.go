// Package app puts the program together: it makes every part, hands each to
// those that need it, and starts and stops them in order. It decides nothing.
//
// [New] wires and rolls back on an error, [App.Start] returns once the server
// accepts requests, [App.Stop] is bounded in time and may be called again.
package app
