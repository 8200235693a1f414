package temporal

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// keyFile is a file with an API key, read again when it has changed.
type keyFile struct {
	path string
	log  *slog.Logger

	mu      sync.Mutex
	key     string
	changed time.Time
	size    int64
}

// read gives the key. While the file cannot be read, as it is being replaced,
// the last key holds.
func (k *keyFile) read() (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.path)
	if err == nil && info.ModTime().Equal(k.changed) && info.Size() == k.size {
		return k.key, nil
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(k.path)
	}
	key := strings.TrimSpace(string(text))
	if err == nil && key == "" {
		err = fmt.Errorf("%s is empty", k.path)
	}
	switch {
	case err == nil:
		k.key, k.changed, k.size = key, info.ModTime(), info.Size()
		return key, nil
	case k.key == "":
		return "", fmt.Errorf("read the API key for Temporal (--temporal-api-key-file): %w", err)
	}
	k.log.Warn("cannot read the API key for Temporal; the last one is used", "error", err)
	return k.key, nil
}
