// Package mediahttp serves what was distributed below the media folder at
// /media/{key}/…, for players anywhere.
//
// The key (128 random bits) is the capability: who knows the address may play,
// nobody can list, and once the folder is gone the address is 404. What stands
// there came out of foreign files, so nothing is trusted: only a closed list of
// content types is served, never sniffed, never run (CSP sandbox), and no path
// or symbolic link leads out of the folder ([os.Root]).
//
// The files are in a folder ([Folder]) or in an S3 bucket ([Bucket]). Clients
// see no difference: a bucket's errors are 502 where it refuses and 503 where it
// may answer soon, and only the log has its words.
//
// The files of an ingest's attempt never change, so segments are cached for
// good. Manifests are cached for a minute only, so that a deleted or replaced
// asset stops soon.
package mediahttp
