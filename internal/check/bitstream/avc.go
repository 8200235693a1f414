package bitstream

import "github.com/via-orchestrate/orchestrate/internal/media/mp4"

// parseAVC reads seq_parameter_set_data (Rec. ITU-T H.264, 7.3.2.1.1).
func parseAVC(nal []byte) (*Video, error) {
	raw := unescape(nal)
	if len(raw) < 5 {
		return nil, ErrBroken
	}
	b := &bits{data: raw, at: 32}
	out := &Video{Profile: raw[1:4], BitDepth: 8}
	b.ue()
	chroma, separate := 1, false
	switch raw[1] {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		if chroma = b.ue(); chroma == 3 {
			separate = b.flag()
		}
		out.BitDepth = 8 + b.ue()
		b.ue()
		b.skip(1)
		if b.flag() {
			scalingLists(b, chroma)
		}
	}
	b.ue()
	switch b.ue() { // pic_order_cnt_type
	case 0:
		b.ue()
	case 1:
		b.skip(1)
		b.se()
		b.se()
		for range min(b.ue(), 255) {
			b.se()
		}
	}
	b.ue()
	b.skip(1)
	width, height := 16*(b.ue()+1), 16*(b.ue()+1)
	frames := b.u(1)
	if frames == 0 {
		height *= 2
		b.skip(1)
	}
	b.skip(1)
	if b.flag() { // cropping, in units of 6.2
		x, y := 1, 2-frames
		if !separate {
			if chroma == 1 || chroma == 2 {
				x = 2
			}
			if chroma == 1 {
				y *= 2
			}
		}
		width -= x * (b.ue() + b.ue())
		height -= y * (b.ue() + b.ue())
	}
	out.Width, out.Height = width, height
	if b.flag() {
		out.Colour = usability(b)
	}
	if b.short || width <= 0 || height <= 0 {
		return nil, ErrBroken
	}
	return out, nil
}

func scalingLists(b *bits, chroma int) {
	lists := 8
	if chroma == 3 {
		lists = 12
	}
	for i := range lists {
		if !b.flag() {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		last, next := 8, 8
		for range size {
			if next != 0 {
				next = (last + b.se() + 256) % 256
			}
			if next != 0 {
				last = next
			}
		}
	}
}

// usability reads the start of vui_parameters (E.1.1), which H.264 and HEVC
// have in common.
func usability(b *bits) mp4.Colour {
	if b.flag() && b.u(8) == 255 { // sample aspect ratio
		b.skip(32)
	}
	if b.flag() {
		b.skip(1)
	}
	var c mp4.Colour
	if b.flag() {
		b.skip(3)
		c.FullRange = b.flag()
		if b.flag() {
			c.Primaries, c.Transfer, c.Matrix = b.u(8), b.u(8), b.u(8)
		}
	}
	return c
}
