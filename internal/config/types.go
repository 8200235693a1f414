package config

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Bytes is an amount of data. It is written as a number with a unit, decimal
// (kB, MB, GB, TB) or binary (KiB, MiB, GiB, TiB), or as a plain number.
type Bytes int64

// UnmarshalText reads an amount such as "5GB".
func (b *Bytes) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil || n > math.MaxInt64 {
		return fmt.Errorf("%q is not a size such as 5GB or 500MiB", text)
	}
	*b = Bytes(n)
	return nil
}

// MarshalText writes the exact number of bytes.
func (b Bytes) MarshalText() ([]byte, error) { return strconv.AppendInt(nil, int64(b), 10), nil }

// String rounds for people, such as "5.0 GB".
func (b Bytes) String() string { return humanize.Bytes(uint64(max(b, 0))) }

// Slots is how many tasks of a stage may run at the same time.
type Slots map[vod.Stage]int

// UnmarshalText reads pairs such as "encoding=1,packaging=2", with the stages
// named as in profiles.
func (s *Slots) UnmarshalText(text []byte) error {
	slots := Slots{}
	for pair := range strings.SplitSeq(string(text), ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		i := slices.IndexFunc(vod.Stages(), func(st vod.Stage) bool { return st.Key() == key })
		n, err := strconv.Atoi(value)
		if i < 0 || err != nil || n < 1 || n > 1000 {
			return fmt.Errorf("%q is not a stage and a number from 1 to 1000, such as encoding=1", pair)
		}
		slots[vod.Stages()[i]] = n
	}
	*s = slots
	return nil
}

// MarshalYAML writes the stages as in profiles.
func (s Slots) MarshalYAML() (any, error) {
	byKey := map[string]int{}
	for stage, n := range s {
		byKey[stage.Key()] = n
	}
	return byKey, nil
}

// withDefaults adds the stages that are missing. One encode keeps about four
// processors busy; packaging copies streams, the other stages mostly wait.
func (s Slots) withDefaults() Slots {
	all := Slots{
		vod.Retrieval: 4, vod.Encoding: max(1, runtime.GOMAXPROCS(0)/4), vod.SubtitlePublishing: 2,
		vod.Packaging: 2, vod.Distribution: 4, vod.Playout: 4,
	}
	for stage, n := range s {
		all[stage] = n
	}
	return all
}

// Stage is a stage by its name: in whatever case as the Status API has it
// (SUBTITLE_PUBLISHING), or as profiles do (subtitlePublishing).
type Stage vod.Stage

// UnmarshalText reads the name of a stage.
func (s *Stage) UnmarshalText(text []byte) error {
	for _, stage := range vod.Stages() {
		if strings.EqualFold(string(text), string(stage)) || strings.EqualFold(string(text), stage.Key()) {
			*s = Stage(stage)
			return nil
		}
	}
	return fmt.Errorf("%q is not a stage, such as ENCODING", text)
}

// StageNames gives the names of all stages, as [Config.Stages] has them.
func StageNames() (all []Stage) {
	for _, stage := range vod.Stages() {
		all = append(all, Stage(stage))
	}
	return all
}

// Of gives the slots of these stages alone.
func (s Slots) Of(stages []Stage) Slots {
	some := Slots{}
	for _, stage := range stages {
		if n := s[vod.Stage(stage)]; n > 0 {
			some[vod.Stage(stage)] = n
		}
	}
	return some
}

// redacted stands for a secret wherever it would be shown.
const redacted = "(secret)"

// Secret is a value that prints, logs and marshals as "(secret)", or as
// nothing when it is empty. Only Reveal gives it.
type Secret string

// Reveal gives the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalText hides the secret from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the secret from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// UnmarshalText takes the secret as it stands.
func (s *Secret) UnmarshalText(text []byte) error {
	if strings.ContainsAny(string(text), "\r\n") {
		return errors.New("a secret is one line")
	}
	*s = Secret(text)
	return nil
}
