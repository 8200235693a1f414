// Package web puts the monitoring UI together: the pages below /ui/, each a
// package of its own beside the kit in page, and the play page.
package web
