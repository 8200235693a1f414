package ffmpeg

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestWorksByEncoding(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{})
	if !tools.HasEncoder("libx264") || tools.HasEncoder("no_such_nvenc") {
		t.Error("wrong list of encoders")
	}
	if err := tools.Works(context.Background(), "libx264"); err != nil {
		t.Errorf("libx264: %v", err)
	}
	err := tools.Works(context.Background(), "no_such_nvenc")
	if err == nil || !strings.Contains(err.Error(), "built without it") {
		t.Errorf("no_such_nvenc: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := tools.Works(ctx, "libx265"); !errors.Is(err, context.Canceled) {
		t.Errorf("libx265: %v", err)
	}
	if err := tools.Works(context.Background(), "libx265"); err != nil {
		t.Errorf("a cancelled attempt was remembered: %v", err)
	}
	if again := tools.Works(context.Background(), "no_such_nvenc"); again == nil || again.Error() != err.Error() {
		t.Errorf("again: %v", again)
	}
}

func TestMasteringOfPlainVideo(t *testing.T) {
	t.Parallel()
	m, err := newTools(t, Config{}).Mastering(context.Background(), clip(t), 0)
	if m != nil || err != nil {
		t.Errorf("%+v, %v", m, err)
	}
}
