// Package upload receives files over HTTP, in pieces and resumable: the tus 1.0
// core protocol with its extensions creation, expiration and termination
// (https://tus.io/protocols/resumable-upload). A file that arrived whole waits
// here until the retrieval step of an ingest opens it.
//
// All state is on disk: `<id>.json` says whose upload it is and how long it
// will be, `<id>.data` holds the bytes, and the size of that file is the offset.
// So a server that was killed goes on where it stopped. An upload exists once
// its JSON file does. Ids are 128 random bits, but no secret: every access
// names the tenant, and an upload of another tenant is not found.
//
// One request at a time writes to an upload; a second one is told 423 (Locked).
// A writer that sends nothing for a while loses the lock and keeps its bytes.
// Uploads that nobody wrote to for [Lifetime] and no ingest needs are removed
// by [Server.Sweep].
//
// Where several machines work together, a complete upload is moved to a [Shelf]
// that all of them reach, before its client hears that it is complete: any
// worker opens it there, any server answers for it and sweeps it. Until then it
// is known to the server that began it alone, so a load balancer must bring all
// requests for `/uploads` of one client to the same server. A move that was
// interrupted begins again when its client asks, or with the next sweep.
package upload
