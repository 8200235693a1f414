// Package overview is the page of figures: what came in and how it ended, how
// many waited, how long stages and profiles take, and what fails most, over a
// time that the address names. Start at [Routes].
//
// The charts are drawn here, by package draw; the same figures stand in tables
// beside them. static/overview.js of the kit puts the times of the charts into
// the viewer's zone and asks for the figures again when something has changed,
// at most every ten seconds.
package overview
