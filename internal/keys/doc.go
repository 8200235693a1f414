// Package keys gets the keys that segments are encrypted with: from a file that
// is a secret of the tenant, or from a key server.
//
// A key server is spoken to as the Secure Packager and Encoder Key Exchange
// (SPEKE) version 2 has it: a CPIX document (DASH-IF, version 2.3) is posted
// over HTTPS, and comes back with the key and what each DRM system wants to have
// said in headers and manifests.
//
// Keys stand in a [cenc.Key], which does not print, and nowhere else; errors
// hold neither keys nor the text of documents. What a key server says is
// outside input: it is bounded, parsed strictly, and what goes into manifests
// is checked for being what it should be and no more.
package keys
