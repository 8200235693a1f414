// Package distribution brings packaged streams to where players get them:
// COPY copies them to another location, URL_REWRITE gives them the addresses
// under which the web sees that location.
//
// A copy appears whole or not at all: it goes into the attempt's own new
// folder, whose address nobody knows before the store has recorded it, and it
// is recorded only after every file was found to have the size and SHA-256 that
// the inventory of its source says.
package distribution
