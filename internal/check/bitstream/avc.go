package bitstream

import (
	"github.com/via-orchestrate/orchestrate/internal/media/bitio"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// parseAVC reads seq_parameter_set_data (Rec. ITU-T H.264, 7.3.2.1.1).
func parseAVC(nal []byte) (*Video, error) {
	raw := unescape(nal)
	if len(raw) < 5 {
		return nil, ErrBroken
	}
	b := bitio.New(raw[4:])
	out := &Video{Profile: raw[1:4], BitDepth: 8}
	b.UE()
	chroma, separate := 1, false
	switch raw[1] {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		if chroma = b.UE(); chroma == 3 {
			separate = b.Flag()
		}
		out.BitDepth = 8 + b.UE()
		b.UE()
		b.Skip(1)
		if b.Flag() {
			scalingLists(b, chroma)
		}
	}
	b.UE()
	switch b.UE() { // pic_order_cnt_type
	case 0:
		b.UE()
	case 1:
		b.Skip(1)
		b.SE()
		b.SE()
		for range min(b.UE(), 255) {
			b.SE()
		}
	}
	b.UE()
	b.Skip(1)
	width, height := 16*(b.UE()+1), 16*(b.UE()+1)
	frames := b.U(1)
	if frames == 0 {
		height *= 2
		b.Skip(1)
	}
	b.Skip(1)
	if b.Flag() { // cropping, in units of 6.2
		x, y := 1, 2-frames
		if !separate {
			if chroma == 1 || chroma == 2 {
				x = 2
			}
			if chroma == 1 {
				y *= 2
			}
		}
		width -= x * (b.UE() + b.UE())
		height -= y * (b.UE() + b.UE())
	}
	out.Width, out.Height = width, height
	if b.Flag() {
		out.Colour = usability(b)
	}
	if b.Short || width <= 0 || height <= 0 {
		return nil, ErrBroken
	}
	return out, nil
}

func scalingLists(b *bitio.Reader, chroma int) {
	lists := 8
	if chroma == 3 {
		lists = 12
	}
	for i := range lists {
		if !b.Flag() {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		last, next := 8, 8
		for range size {
			if next != 0 {
				next = (last + b.SE() + 256) % 256
			}
			if next != 0 {
				last = next
			}
		}
	}
}

// usability reads the start of vui_parameters (E.1.1), which H.264 and HEVC
// have in common.
func usability(b *bitio.Reader) mp4.Colour {
	if b.Flag() && b.U(8) == 255 { // sample aspect ratio
		b.Skip(32)
	}
	if b.Flag() {
		b.Skip(1)
	}
	var c mp4.Colour
	if b.Flag() {
		b.Skip(3)
		c.FullRange = b.Flag()
		if b.Flag() {
			c.Primaries, c.Transfer, c.Matrix = b.U(8), b.U(8), b.U(8)
		}
	}
	return c
}
