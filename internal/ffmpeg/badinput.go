package ffmpeg

// badInput tells what is wrong with the input in words that complete 'The file
// "x" …'; "" if the log blames something else.
func (o outcome) badInput() string {
	for _, known := range []struct {
		text, what string
	}{
		{"Format not on whitelist", "is not a media file: it is a playlist, a script or another format that is not accepted"},
		{"moov atom not found", "has no index (moov box), so it cannot be played or decoded; it was cut off, never finished, or is not an MP4 file at all"},
		{"exceeds specified max pixel count", "has pictures larger than this server decodes"},
		{"could not find codec parameters", "does not tell what is in its streams"},
		{"Could not find codec parameters", "does not tell what is in its streams"},
		{"Decoder (codec", "holds a codec that this server cannot decode"},
		{"Error while opening decoder", "holds a stream that cannot be decoded"},
		{"Cannot determine format of input stream", "holds a stream of which nothing can be decoded"},
		{"does not contain any stream", "holds no video and no audio"},
		{"matches no streams", "lacks a stream that it was said to have"},
		{"Invalid data found when processing input", "is not a media file that can be read, or is damaged"},
		{"Error while decoding stream", "is damaged: most of a stream could not be decoded"},
		{"Output file is empty, nothing was encoded", "holds nothing that can be decoded"},
	} {
		if o.said(known.text) {
			return known.what
		}
	}
	return ""
}
