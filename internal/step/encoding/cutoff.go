package encoding

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

// checkWhole refuses a RIFF file (AVI, WAV) that is shorter than its header
// says. ffmpeg works out how long what is left of it lasts, so that its
// duration does not show it. Other formats are compared after the encode.
func checkWhole(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	var head [8]byte
	if _, err := io.ReadFull(file, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	if missing := riffMissing(head, info.Size()); missing > 0 {
		return ffmpeg.BadMedia(filepath.Base(path), "is cut off: its header tells of more data than there is", nil)
	}
	return nil
}

// riffMissing is how many bytes a RIFF file of this size lacks. Recorders that
// never went back to fill in the size leave 0 or an extreme value.
func riffMissing(head [8]byte, size int64) int64 {
	declared := int64(binary.LittleEndian.Uint32(head[4:]))
	if string(head[:4]) != "RIFF" || declared >= 0x7FFF0000 {
		return 0
	}
	const header, padding = 8, 1
	return declared + header - padding - size
}
