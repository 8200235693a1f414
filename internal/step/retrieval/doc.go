// Package retrieval copies the submitted files into a location of ours, so
// that everything after it works on bytes that cannot change or go away.
//
// Sources are http(s) addresses, file: addresses below the operator's source
// folders, and upload: ids. A download that breaks off goes on where it was if
// the server can tell that the file is the same, and from the start otherwise;
// see httpSource. While it copies, the step computes the MD5 of every file,
// checks it against the one given, and knows in the end whether an earlier
// ingest had the same files; see [Digest].
package retrieval
