package media

// Colour says how a source's colours are brought to standard dynamic range and
// how the renditions are tagged. Names are ffmpeg's.
type Colour struct {
	// InMatrix is the source's matrix, guessed from its size where it says none;
	// "" for RGB, which has none.
	InMatrix string
	// InPrimaries and InTransfer are the source's, where it is converted.
	InPrimaries, InTransfer string
	// Tonemap: compress high dynamic range (needs the filters zscale and tonemap).
	Tonemap bool
	// Convert: change primaries and transfer (needs zscale).
	Convert bool

	Primaries, Transfer, Matrix string // of the renditions; the range is always "tv"
}

// PlanColour decides on the colours. canConvert tells whether ffmpeg has the
// filters zscale and tonemap.
func PlanColour(v VideoSource, canConvert bool) Colour {
	guess := standardColour(v)
	c := Colour{
		InMatrix:  orElse(v.Matrix, guess.Matrix),
		Primaries: orElse(v.Primaries, guess.Primaries),
		Transfer:  orElse(v.Transfer, guess.Transfer),
	}
	rec709 := Colour{Primaries: "bt709", Transfer: "bt709", Matrix: "bt709"}
	wide := v.Primaries == "bt2020" || v.Matrix == "bt2020nc" || v.Matrix == "bt2020c"
	switch {
	case v.HDR() || wide:
		rec709.InMatrix = orElse(v.Matrix, "bt2020nc")
		rec709.InPrimaries = orElse(v.Primaries, "bt2020")
		rec709.InTransfer = orElse(v.Transfer, "bt2020-10")
		rec709.Tonemap = v.HDR() && canConvert
		rec709.Convert = !v.HDR() && canConvert
		return rec709
	case v.Matrix == "gbr" || v.Matrix == "rgb":
		c.InMatrix, c.Matrix = "", guess.Matrix
	case c.InMatrix == "bt470bg" || c.InMatrix == "smpte170m":
		c.Matrix = c.InMatrix
	default: // what players know nothing of (fcc, smpte240m, ycgco …) becomes bt709
		c.Matrix = "bt709"
	}
	return c
}

// KeepColour is the colour plan for renditions that keep the high dynamic range
// of a source: BT.2020 primaries and matrix with the source's transfer function
// (Rec. ITU-R BT.2100, Y'CbCr). It is false for a source that would have to be
// converted for that: those few go to standard dynamic range.
func KeepColour(v VideoSource) (Colour, bool) {
	c := Colour{
		InMatrix: orElse(v.Matrix, "bt2020nc"), Primaries: orElse(v.Primaries, "bt2020"),
		Transfer: v.Transfer, Matrix: orElse(v.Matrix, "bt2020nc"),
	}
	return c, v.HDR() && c.Primaries == "bt2020" && c.Matrix == "bt2020nc"
}

// standardColour is what a source without tags is taken for: BT.709 from 720
// lines, BT.601 below, as players do.
func standardColour(v VideoSource) Colour {
	switch {
	case v.Width >= 1280 || v.Height >= 720:
		return Colour{Primaries: "bt709", Transfer: "bt709", Matrix: "bt709"}
	case v.Height == 576 || v.Height == 288:
		return Colour{Primaries: "bt470bg", Transfer: "smpte170m", Matrix: "bt470bg"}
	}
	return Colour{Primaries: "smpte170m", Transfer: "smpte170m", Matrix: "smpte170m"}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
