package check

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The content counts as black, frozen or silent where nearly all of what was
// decoded is.
const mostly = 0.95

// Names of the files into which filters print.
const (
	pictureName = "picture.txt"
	soundName   = "sound.txt"
)

// filters have the detectors of ffmpeg print what they find. Times are counted
// anew by frames, as sampled segments have gaps between them.
func (s sample) filters() []string {
	switch {
	case !s.looked:
		return nil
	case s.track.kind == kindVideo:
		rate := 25.0
		if f := s.track.frame(); f > 0 {
			rate = 1 / f
		}
		return []string{"-vf", fmt.Sprintf(
			"setpts=N/(%.6f*TB),blackdetect=d=0:pic_th=0.98:pix_th=0.10,freezedetect=n=0.0001:d=0.2,metadata=mode=print:file=%s", rate, pictureName)}
	}
	return []string{"-af", "asetpts=N/SR/TB,silencedetect=n=-60dB:d=0.2,ametadata=mode=print:file=" + soundName}
}

// judgeContent reads what the detectors found.
func (r *run) judgeContent(s sample, dir string) error {
	if !s.looked {
		return nil
	}
	name, kinds := soundName, []detector{{"lavfi.silence_start", "lavfi.silence_end", ruleSilence, "the sound is silent"}}
	if s.track.kind == kindVideo {
		name = pictureName
		kinds = []detector{
			{"lavfi.black_start", "lavfi.black_end", ruleBlack, "the picture is black"},
			{"lavfi.freezedetect.freeze_start", "lavfi.freezedetect.freeze_end", ruleFrozen, "the picture is frozen"},
		}
	}
	found, err := readMetadata(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	total := 0.0
	for _, n := range s.numbers {
		segment := s.track.segments[n]
		total += s.track.length(segment.end - segment.start)
	}
	for _, k := range kinds {
		if covered := k.covered(found, total); total >= minContent && covered >= mostly*total {
			r.add(k.rule, s.track.name, "%s for %.1f s of the %.1f s that were looked at", k.says, min(covered, total), total)
			break // what is black is frozen, too
		}
	}
	return nil
}

// minContent is the least duration in seconds of which something can be said.
const minContent = 1.0

// detector is a pair of metadata keys.
type detector struct{ start, end, rule, says string }

// metadata is one line that a filter printed.
type metadata struct {
	key   string
	value float64
}

// covered adds up the stretches; one without an end lasts until the end.
func (d detector) covered(list []metadata, total float64) float64 {
	sum, start, open := 0.0, 0.0, false
	for _, m := range list {
		switch m.key {
		case d.start:
			if !open {
				start, open = m.value, true
			}
		case d.end:
			if open {
				sum += m.value - start
				open = false
			}
		}
	}
	if open {
		sum += total - start
	}
	return sum
}

// readMetadata reads lines such as "lavfi.black_start=0". Without a frame there
// is no file.
func readMetadata(path string) ([]metadata, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []metadata
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), "=")
		if n, err := strconv.ParseFloat(value, 64); ok && err == nil {
			// Channels of silencedetect are numbered where it is asked for.
			out = append(out, metadata{key, n})
		}
	}
	return out, lines.Err()
}
