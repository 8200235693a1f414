// Package location reads and writes files at locations: the operator's named
// ones and the inline ones that a tenant may use. They are in folders of this
// machine (type file) or in buckets (type s3).
//
// Everything that a step writes goes into a [Folder] of one attempt:
//
//	<location>/<tenant>/<ingestId>/<taskId>/<attempt>/   everywhere else
//	<media>/<mediaKey>/<taskId>/<attempt>/               in the served media location
//
// An attempt never sees the folder of another one. What is in a folder counts
// only once [Folder.Commit] has written its inventory and the store has
// recorded filesets that point into it; everything else is swept, see
// [Set.Attempts].
//
// Steps work on files of this machine. A folder in a bucket is staged in the
// attempt's scratch, and uploaded by Commit, the inventory last; what is read
// from a bucket is downloaded there once ([Set.Local]) and compared with the
// inventory. What both have in common is the interface tree: disk and bucket
// implement it.
//
// Tenant names, ids and addresses are taken for hostile. Each is checked before
// it becomes an element of a path or key, folders are made through [os.Root],
// and nothing below a location's folder may be a symbolic link.
package location
