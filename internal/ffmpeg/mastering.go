package ffmpeg

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Mastering are the metadata of HDR10: SMPTE ST 2086 and CTA-861.3.
type Mastering struct {
	// Red, Green, Blue and White are CIE 1931 chromaticities in units of 0.00002,
	// 0 to 50000; all zero if the display is unknown.
	Red, Green, Blue, White [2]int
	// MinLuminance and MaxLuminance are in units of 0.0001 cd/m², up to 10000
	// cd/m²; zero if the display is unknown.
	MinLuminance, MaxLuminance int
	// MaxContent and MaxAverage light levels are in cd/m², 0 to 65535; 0 if
	// unknown.
	MaxContent, MaxAverage int
}

// Mastering tells what a video stream and its first frame say of HDR10; nil if
// nothing. Its error is a [vod.StepError].
func (t *Tools) Mastering(ctx context.Context, path string, stream int) (*Mastering, error) {
	out, err := t.inspect(ctx, path, "-select_streams", strconv.Itoa(stream), "-show_streams", "-show_frames", "-read_intervals", "%+#1",
		"-show_entries", "stream_side_data_list:stream=index:frame_side_data_list:frame=media_type")
	if err != nil {
		return nil, err
	}
	return parseMastering(out)
}

type sideJSON struct {
	Type         string `json:"side_data_type"`
	RedX         string `json:"red_x"`
	RedY         string `json:"red_y"`
	GreenX       string `json:"green_x"`
	GreenY       string `json:"green_y"`
	BlueX        string `json:"blue_x"`
	BlueY        string `json:"blue_y"`
	WhiteX       string `json:"white_point_x"`
	WhiteY       string `json:"white_point_y"`
	MinLuminance string `json:"min_luminance"`
	MaxLuminance string `json:"max_luminance"`
	MaxContent   scalar `json:"max_content"`
	MaxAverage   scalar `json:"max_average"`
}

// parseMastering reads ffprobe's JSON. The frame, which is what decoders go by,
// comes before the container.
func parseMastering(b []byte) (*Mastering, error) {
	type holder struct {
		Side []sideJSON `json:"side_data_list"`
	}
	var raw struct{ Frames, Streams []holder }
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("answer of ffprobe: %w", err)
	}
	m := Mastering{}
	for _, h := range append(raw.Frames, raw.Streams...) {
		for _, side := range h.Side {
			switch {
			case side.Type == "Mastering display metadata" && m.MaxLuminance == 0:
				m.display(side)
			case side.Type == "Content light level metadata" && m.MaxContent == 0:
				m.light(side)
			}
		}
	}
	if m == (Mastering{}) {
		return nil, nil //nolint:nilnil // Nothing said is no error.
	}
	return &m, nil
}

// display takes the description of a display if it is one that can be.
func (m *Mastering) display(s sideJSON) {
	var points [4][2]int
	for i, texts := range [][2]string{{s.RedX, s.RedY}, {s.GreenX, s.GreenY}, {s.BlueX, s.BlueY}, {s.WhiteX, s.WhiteY}} {
		for j, text := range texts {
			if points[i][j] = units(text, 50000, 50000); points[i][j] == 0 {
				return
			}
		}
	}
	least, most := units(s.MinLuminance, 10000, 10000*10000), units(s.MaxLuminance, 10000, 10000*10000)
	if most <= least {
		return
	}
	m.Red, m.Green, m.Blue, m.White = points[0], points[1], points[2], points[3]
	m.MinLuminance, m.MaxLuminance = least, most
}

func (m *Mastering) light(s sideJSON) {
	content, average := s.MaxContent.int(), s.MaxAverage.int()
	if content > 0 && content <= math.MaxUint16 && average >= 0 && average <= content {
		m.MaxContent, m.MaxAverage = int(content), int(average)
	}
}

// units reads a fraction such as "34000/50000" in parts of one; 0 if it is not
// one from 0 to most parts.
func units(text string, parts, most float64) int {
	num, den, _ := strings.Cut(text, "/")
	n, d := scalar(num).float(), scalar(den).float()
	if d <= 0 || n < 0 {
		return 0
	}
	if value := math.Round(n / d * parts); value <= most {
		return int(value)
	}
	return 0
}
