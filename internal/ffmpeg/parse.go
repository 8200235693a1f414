package ffmpeg

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// probeJSON is the part of ffprobe's answer that is used. Numbers come partly
// as numbers, partly as strings; both are read as text.
type probeJSON struct {
	Streams []streamJSON `json:"streams"`
	Format  *formatJSON  `json:"format"`
}

type formatJSON struct {
	Name     string `json:"format_name"`
	Start    scalar `json:"start_time"`
	Duration scalar `json:"duration"`
	Size     scalar `json:"size"`
	BitRate  scalar `json:"bit_rate"`
}

type streamJSON struct {
	Index       scalar            `json:"index"`
	Kind        string            `json:"codec_type"`
	Codec       string            `json:"codec_name"`
	CodecTag    string            `json:"codec_tag_string"`
	Profile     scalar            `json:"profile"`
	Level       scalar            `json:"level"`
	Width       scalar            `json:"width"`
	Height      scalar            `json:"height"`
	PixelFormat string            `json:"pix_fmt"`
	RawBits     scalar            `json:"bits_per_raw_sample"`
	SAR         string            `json:"sample_aspect_ratio"`
	FieldOrder  string            `json:"field_order"`
	RealRate    string            `json:"r_frame_rate"`
	AverageRate string            `json:"avg_frame_rate"`
	TimeBase    string            `json:"time_base"`
	Start       scalar            `json:"start_time"`
	Duration    scalar            `json:"duration"`
	Frames      scalar            `json:"nb_frames"`
	BitRate     scalar            `json:"bit_rate"`
	Primaries   string            `json:"color_primaries"`
	Transfer    string            `json:"color_transfer"`
	Matrix      string            `json:"color_space"`
	Range       string            `json:"color_range"`
	SampleRate  scalar            `json:"sample_rate"`
	Channels    scalar            `json:"channels"`
	Layout      string            `json:"channel_layout"`
	Disposition map[string]scalar `json:"disposition"`
	Tags        map[string]scalar `json:"tags"`
	SideData    []struct {
		Rotation scalar `json:"rotation"`
	} `json:"side_data_list"`
}

// scalar is a JSON string, number or literal as text.
type scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return fmt.Errorf("text: %w", err)
		}
		*s = scalar(text)
		return nil
	}
	*s = scalar(b)
	return nil
}

func (s scalar) int() int64 {
	n, err := strconv.ParseInt(string(s), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// size is an int that fits a picture side, a rate or a count of channels; 0 if
// it does not.
func (s scalar) size() int {
	if n := s.int(); n > 0 && n <= 1<<24 {
		return int(n)
	}
	return 0
}

func (s scalar) float() float64 {
	f, err := strconv.ParseFloat(string(s), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}

// time reads seconds; 0 if out of range.
func (s scalar) time() time.Duration {
	f := s.float()
	if math.Abs(f) > maxDuration.Seconds() {
		return 0
	}
	return time.Duration(math.Round(f*1e6)) * time.Microsecond
}

// parseProbe reads ffprobe's JSON.
func parseProbe(b []byte) (*Probe, error) {
	var raw probeJSON
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("answer of ffprobe: %w", err)
	}
	if raw.Format == nil {
		return nil, errors.New("answer of ffprobe: no format")
	}
	p := &Probe{
		Formats:  strings.Split(clean(raw.Format.Name), ","),
		Start:    raw.Format.Start.time(),
		Duration: max(raw.Format.Duration.time(), 0),
		Size:     max(raw.Format.Size.int(), 0),
		BitRate:  max(raw.Format.BitRate.int(), 0),
	}
	for i, s := range raw.Streams {
		if int(s.Index.int()) != i {
			return nil, fmt.Errorf("answer of ffprobe: stream %d has index %q", i, s.Index)
		}
		p.Streams = append(p.Streams, s.stream(i))
	}
	return p, nil
}

func (s streamJSON) stream(index int) Stream {
	out := Stream{
		Index: index, Kind: s.kind(), Codec: known(s.Codec), CodecTag: clean(s.CodecTag),
		CodecProfile: known(string(s.Profile)), Level: int(max(min(s.Level.int(), 1<<20), 0)),
		TimeBase: rational(s.TimeBase, "/"), Start: s.Start.time(),
		Duration: max(s.Duration.time(), 0), Frames: max(s.Frames.int(), 0), BitRate: max(s.BitRate.int(), 0),
		Language: language(s.tag("language")), Title: clean(s.tag("title")),
		Default: s.flag("default"), Forced: s.flag("forced"), Commentary: s.flag("comment"),
		Described: s.flag("visual_impaired"), HearingImpair: s.flag("hearing_impaired"),
		AttachedPicture: s.flag("attached_pic"),
	}
	if out.Duration == 0 {
		out.Duration = clock(s.tag("duration"))
	}
	if out.Kind == Video {
		out.VideoStream = s.video()
	}
	if out.Kind == Audio {
		out.AudioStream = AudioStream{SampleRate: s.SampleRate.size(), Channels: s.Channels.size(), Layout: known(s.Layout)}
	}
	return out
}

func (s streamJSON) video() VideoStream {
	v := VideoStream{
		Width: s.Width.size(), Height: s.Height.size(),
		PixelFormat: known(s.PixelFormat), SAR: rational(s.SAR, ":"), FieldOrder: known(s.FieldOrder),
		RealRate: rational(s.RealRate, "/"), AverageRate: rational(s.AverageRate, "/"),
		Primaries: known(s.Primaries), Transfer: known(s.Transfer), Matrix: known(s.Matrix), Range: known(s.Range),
	}
	v.BitDepth = bitDepth(v.PixelFormat, s.RawBits.size())
	rotation := scalar("")
	for _, side := range s.SideData {
		if side.Rotation != "" {
			rotation = side.Rotation
		}
	}
	if f := rotation.float(); math.Abs(f) <= 180 {
		v.Rotation = f
	}
	return v
}

func (s streamJSON) kind() Kind {
	switch k := Kind(s.Kind); k {
	case Video, Audio, Subtitle, Attachment:
		return k
	default:
		return Data
	}
}

func (s streamJSON) flag(name string) bool { return s.Disposition[name] == "1" }

// tag finds a tag whatever its case: Matroska writes DURATION, others
// duration.
func (s streamJSON) tag(name string) string {
	for key, value := range s.Tags {
		if strings.EqualFold(key, name) {
			return string(value)
		}
	}
	return ""
}

// known is the cleaned text, or "" for ffprobe's ways to say unknown.
func known(text string) string {
	switch text = clean(text); text {
	case "unknown", "N/A", "reserved", "unspecified":
		return ""
	}
	return text
}

// clean drops control characters and cuts text to 200 bytes.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	return strings.TrimSpace(text)
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$`)

// language is a language tag, or "" for none and for text that is not one.
func language(tag string) string {
	if !languageTag.MatchString(tag) || strings.EqualFold(tag, "und") {
		return ""
	}
	return tag
}

// rational reads "30000/1001" or "16:11"; zero if it is not a positive one.
func rational(text, separator string) Rational {
	num, den, _ := strings.Cut(text, separator)
	r := Rational{scalar(num).int(), scalar(den).int()}
	if r.Num <= 0 || r.Den <= 0 || r.Num > math.MaxInt32 || r.Den > math.MaxInt32 {
		return Rational{}
	}
	return r
}

// clock reads Matroska's "00:01:02.500000000"; 0 if it is not that.
func clock(text string) time.Duration {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return 0
	}
	hours, minutes, seconds := scalar(parts[0]).int(), scalar(parts[1]).int(), scalar(parts[2]).float()
	if hours < 0 || hours > 1000 || minutes < 0 || minutes > 59 || seconds < 0 || seconds >= 60 {
		return 0
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + scalar(parts[2]).time()
}

var deepFormat = regexp.MustCompile(`(?:p|gray|p0)(9|10|12|14|16)(?:le|be)?$`)

// bitDepth is the depth of a component, from the pixel format's name where the
// codec does not state it.
func bitDepth(format string, raw int) int {
	if raw > 0 && raw <= 32 {
		return raw
	}
	if m := deepFormat.FindStringSubmatch(format); m != nil {
		return scalar(m[1]).size()
	}
	if format == "" {
		return 0
	}
	return 8
}
