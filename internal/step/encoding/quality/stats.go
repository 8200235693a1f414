package quality

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// sum adds up the frames of a rendition.
type sum struct {
	total, worst float64
	frames       int
}

// read adds what ffmpeg's filter ssim has written of a window: a line for each
// frame, such as "n:1 Y:0.987654 All:0.987654 (19.084920)".
func (s *sum) read(path string, want int64) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var got int64
	for lines := bufio.NewScanner(file); lines.Scan(); got++ {
		value, ok := luma(lines.Text())
		if !ok {
			return fmt.Errorf("ffmpeg wrote %q instead of an SSIM", lines.Text())
		}
		s.total += value
		s.worst = min(s.worst, value)
		s.frames++
	}
	if got != want {
		return fmt.Errorf("%d frames could be compared instead of %d", got, want)
	}
	return nil
}

// luma is the SSIM of luma in a line.
func luma(line string) (float64, bool) {
	for _, word := range strings.Fields(line) {
		if text, ok := strings.CutPrefix(word, "Y:"); ok {
			value, err := strconv.ParseFloat(text, 64)
			return value, err == nil && value >= -1 && value <= 1
		}
	}
	return 0, false
}
