// Package objectstore reads and writes the objects of S3 buckets, on AWS and
// on services that speak its protocol.
//
// A [Clients] makes one client for each way to reach a service, and gives
// [Bucket]s of them. What goes wrong comes back as a [vod.StepError] that names
// the bucket and what to do, never a key or a token:
//
//	no such bucket, bad or expired credentials, access denied   CONFIG
//	throttling, 5xx, cut connections, timeouts                  REMOTE
//	no such object                                              INFRA source_missing
//
// The SDK tries single requests again a few times; uploads are cut into parts
// and downloads into ranges, so that what is tried again is small. Every byte
// that is uploaded has a checksum that the server compares.
package objectstore
