package ffmpeg

import (
	"bytes"
	"strconv"
	"time"
)

// maxLine is the longest line of ffmpeg's progress report that is looked at.
const maxLine = 256

// progress is a writer that reads what ffmpeg writes with -progress: lines of
// key=value, with out_time_us as the largest media time written so far.
type progress struct {
	moved func(mediaTime time.Duration) // called when media time has grown

	line []byte
	skip bool // the current line is too long
	last time.Duration
	seen bool
}

// Write implements io.Writer. It never fails: what it does not understand it
// ignores.
func (p *progress) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			p.take(b)
			break
		}
		p.take(b[:end])
		if !p.skip {
			p.read(p.line)
		}
		p.line, p.skip = p.line[:0], false
		b = b[end+1:]
	}
	return n, nil
}

func (p *progress) take(b []byte) {
	if len(p.line)+len(b) > maxLine {
		p.skip = true
		return
	}
	p.line = append(p.line, b...)
}

func (p *progress) read(line []byte) {
	key, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte("="))
	if string(key) != "out_time_us" {
		return
	}
	us, err := strconv.ParseInt(string(value), 10, 64) // "N/A" until the first packet
	if err != nil || us < 0 || us > int64(maxDuration/time.Microsecond) {
		return
	}
	at := time.Duration(us) * time.Microsecond
	if p.seen && at <= p.last {
		return
	}
	p.last, p.seen = at, true
	p.moved(at)
}
