package check_test

import "runtime"

// shakaName is the program for this machine.
func shakaName() string {
	if runtime.GOARCH == "arm64" {
		return "packager-linux-arm64"
	}
	return "packager-linux-x64"
}
