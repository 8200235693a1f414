// Package browsertest plays a page of this program in a real browser, headless
// Chromium, for tests: [Play] opens a play page, chooses a rendition, plays
// some seconds, and tells what it saw. It needs chromium in PATH.
package browsertest
