// Package s3test gives tests a real S3 server on loopback: versitygw, which
// keeps objects as files with extended attributes. Where it is missing, tests
// are skipped, but fail where CI is set.
package s3test
