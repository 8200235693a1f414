// Package distribution brings packaged streams to where players get them:
// COPY copies them to another location, URL_REWRITE gives them the addresses
// under which the web sees that location.
package distribution
