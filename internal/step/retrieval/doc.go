// Package retrieval copies the submitted files into a location of ours, so
// that everything after it works on bytes that cannot change or go away.
package retrieval
