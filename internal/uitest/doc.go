// Package uitest looks at the monitoring UI as people do: in Chromium, at a
// whole server with real ingests. It holds the tests of all pages together
// (accessibility, size, pictures for the docs); each page's own tests stand
// beside it.
package uitest
