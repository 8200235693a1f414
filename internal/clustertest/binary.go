package clustertest

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// Build makes the binary in a folder and gives its path.
func Build(ctx context.Context, folder string) (string, error) {
	binary := filepath.Join(folder, "orchestrate")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/via-orchestrate/orchestrate/cmd/orchestrate") //nolint:gosec // The folder is the test's.
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the binary: %w\n%s", err, out)
	}
	return binary, nil
}
