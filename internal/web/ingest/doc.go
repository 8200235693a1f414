// Package ingest is the page of one ingest, /ui/{tenant}/ingests/{id}: what
// became of it, a timeline of its tasks, each task with its inputs, outputs,
// attempts and errors, the steps that wait and why, and its JSON.
//
// The page comes at once with the first hundred tasks; further ones, and what
// there is of each task, are fetched when they are looked at. When something
// changes, static/ingest.js asks for .../now, which has only what may have
// changed, and puts it where it belongs: what a person has opened, focused or
// scrolled to stays. Parts of other packages (the graph of filesets, facts of
// the source, pictures and player) stand in slots that load themselves.
package ingest
