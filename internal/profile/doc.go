// Package profile reads profile documents: pipelines as people write them, in
// YAML or JSON, in the vocabulary that the Status API shows under
// `input.profile.details`.
//
// [Parse] checks a document and gives its canonical JSON, which a store keeps
// as a version; two documents that say the same have the same canonical form.
// Checking goes in three rounds, whose problems are reported together: the
// text (syntax, duplicate keys, limits), the shape ([Schema], which editors can
// use too) and the meaning (label filters and the dependencies that follow from
// them, which package plan judges).
//
// [Input] makes the snapshot that an ingest keeps by value out of a version,
// and [Steps] reads the steps back from such a snapshot.
package profile
