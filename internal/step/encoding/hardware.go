package encoding

import "github.com/via-orchestrate/orchestrate/internal/media"

func onDevice(encoder string) bool { return false }

func (p plan) hardwareOptions(r media.Rendition) []string { return nil }
