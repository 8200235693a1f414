// Package page is what all pages of the monitoring UI have in common: the
// layout, the assets, the texts, how times and sizes are shown, and what
// becomes of errors. Each page is a package of its own beside this one, with
// its templates, which registers its handlers with a [Kit].
//
// Pages are made on the server with html/template; htmx fetches parts of them,
// and live.js tells when. There is no build step: the scripts and styles in
// static are embedded as they are, and stand below /ui/_/assets/ under names
// that hold a hash of the content, so that browsers may keep them for good. The
// Content-Security-Policy allows no script, style or address but this server's,
// and the origins of media. So nothing may be written inline, not even a style
// attribute.
//
// All texts stand in texts, one file for each page, so that they can be read
// over, and translated, in one place.
package page
