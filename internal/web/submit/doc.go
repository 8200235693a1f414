// Package submit is the page that takes videos: files dropped on it, which the
// browser uploads resumably (tus) while the form is filled in, or addresses.
// Start at [Routes].
//
// All that was chosen stands in the form itself: a row of fields for each file,
// and an asset id for each group of files. The browser sends the form and gets
// it back as it should be: [Match] finds which subtitles belong to which video,
// the plan is a dry run of what would be submitted. So the page keeps nothing
// between requests and works without scripts, but for uploads.
//
// A group becomes one ingest. Its idempotency key is made of the page's own and
// of what it holds: a double click makes one ingest, and what could not be
// submitted stays in the form while the rest is under way.
package submit
