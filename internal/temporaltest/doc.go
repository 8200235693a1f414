// Package temporaltest gives tests a real Temporal service on loopback, the
// development server: one for a whole test binary ([Main] and [Address]), or one
// of a test's own that it can kill and start again ([Start]). Where the program
// is missing, tests are skipped, but fail where CI is set.
package temporaltest
