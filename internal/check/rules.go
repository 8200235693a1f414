package check

// Rule is something that every presentation has to keep.
type Rule struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Title    string   `json:"title"`  // what has to be so
	Clause   string   `json:"clause"` // where it stands
}

// The rules, by what is read.
const (
	ruleFile    = "file"
	ruleOutside = "outside"
	ruleSkipped = "skipped"

	ruleHLSSyntax      = "hls-syntax"
	ruleHLSVersion     = "hls-version"
	ruleHLSEnd         = "hls-end"
	ruleHLSType        = "hls-playlist-type"
	ruleHLSTarget      = "hls-target-duration"
	ruleHLSSameTarget  = "hls-same-target"
	ruleHLSExtinf      = "hls-extinf"
	ruleHLSMap         = "hls-map"
	ruleHLSIndependent = "hls-independent"
	ruleHLSGroup       = "hls-group"
	ruleHLSChoice      = "hls-choice"
	ruleHLSCodecs      = "hls-codecs"
	ruleHLSResolution  = "hls-resolution"
	ruleHLSFrameRate   = "hls-frame-rate"
	ruleHLSVideoRange  = "hls-video-range"
	ruleHLSBandwidth   = "hls-bandwidth"
	ruleHLSOverstated  = "hls-bandwidth-high"
	ruleHLSAverage     = "hls-average-bandwidth"
	ruleHLSChannels    = "hls-channels"
	ruleHLSLanguage    = "hls-language"
	ruleHLSIFrames     = "hls-iframes"
	ruleHLSIFrame      = "hls-iframe"
	ruleHLSAccess      = "hls-accessibility"
	ruleHLSLadder      = "hls-ladder"

	ruleDASHSyntax     = "dash-syntax"
	ruleDASHDuration   = "dash-duration"
	ruleDASHTimes      = "dash-times"
	ruleDASHBandwidth  = "dash-bandwidth"
	ruleDASHOverstated = "dash-bandwidth-high"
	ruleDASHCodecs     = "dash-codecs"
	ruleDASHPicture    = "dash-picture"
	ruleDASHSound      = "dash-sound"

	ruleBoxes      = "mp4-boxes"
	ruleContinuity = "mp4-continuity"
	ruleSync       = "mp4-sync"
	ruleSequence   = "mp4-sequence"
	ruleBitstream  = "codec-bitstream"
	ruleLevel      = "codec-limits"
	ruleAlign      = "align-video"
	ruleAlignAudio = "align-audio"
	ruleStart      = "av-start"
	ruleEnd        = "av-end"

	ruleLanguageTag  = "language-tag"
	ruleLanguageSame = "language-same"
	ruleSameTracks   = "same-tracks"
	ruleProtection   = "protection"
	ruleKey          = "key-exposed"
	ruleVTT          = "webvtt"
	ruleVTTRange     = "webvtt-range"
	ruleVTTMap       = "webvtt-map"
	ruleThumbnails   = "thumbnails"

	ruleDecode  = "content-decode"
	ruleBlack   = "content-black"
	ruleFrozen  = "content-frozen"
	ruleSilence = "content-silence"

	ruleExpectTrack    = "expected-track"
	ruleExpectDuration = "expected-duration"
	ruleExpectStart    = "expected-start"
	ruleExpectBounds   = "expected-boundaries"
)

// Documents that clauses are of.
const (
	apple = "Apple HLS Authoring Specification (2025-06), "
	rfc   = "RFC 8216, "
	bis   = "draft-pantos-hls-rfc8216bis, "
	mpeg  = "ISO/IEC 23009-1, "
	iop   = "DASH-IF IOP 4.3, "
	cmaf  = "ISO/IEC 23000-19, "
	bmff  = "ISO/IEC 14496-12, "
	ours  = "own rule: "
)

// Rules lists all rules, in the order in which they are documented.
func Rules() []Rule {
	return []Rule{
		{ruleFile, Error, "Every address leads to a file, and every byte range lies within it.", rfc + "3; " + mpeg + "5.6"},
		{ruleOutside, Error, "No address leads out of the folder, or to another protocol than HTTP.", ours + "a package is self-contained"},
		{ruleSkipped, Info, "What is not checked is told.", ours + "no silent gaps"},

		{ruleHLSSyntax, Error, "Playlists are well formed and have the required tags and attributes.", rfc + "4"},
		{ruleHLSVersion, Warning, "EXT-X-VERSION allows what the playlist uses.", rfc + "7"},
		{ruleHLSEnd, Error, "A playlist that is complete ends with EXT-X-ENDLIST.", rfc + "4.3.3.4"},
		{ruleHLSType, Info, "Playlists of recorded content have EXT-X-PLAYLIST-TYPE:VOD.", apple + "8.6"},
		{ruleHLSTarget, Error, "No EXTINF, rounded, is above the target duration.", rfc + "4.3.3.1"},
		{ruleHLSSameTarget, Warning, "Audio and video playlists have the same target duration.", apple + "8.2"},
		{ruleHLSExtinf, Error, "EXTINF is the duration of the segment, to a frame, also summed up.", apple + "8.1"},
		{ruleHLSMap, Error, "Segments of fragmented MP4 have an EXT-X-MAP.", rfc + "3.3"},
		{ruleHLSIndependent, Info, "Segments that start with an IDR picture are said to be independent.", apple + "9.11"},
		{ruleHLSGroup, Error, "Groups that variants name exist; names in a group are unique; one default at most.", rfc + "4.3.4.1.1"},
		{ruleHLSChoice, Warning, "A group has a rendition that a player can choose by itself for each language.", rfc + "4.3.4.1.1"},
		{ruleHLSCodecs, Error, "CODECS lists exactly what the variant's renditions are coded as.", rfc + "4.3.4.2; " + apple + "9.1, 9.3"},
		{ruleHLSResolution, Error, "RESOLUTION is the size at which the picture is shown.", rfc + "4.3.4.2; " + apple + "9.2, 9.4"},
		{ruleHLSFrameRate, Error, "FRAME-RATE is that of the video.", rfc + "4.3.4.2; " + apple + "9.15"},
		{ruleHLSVideoRange, Error, "VIDEO-RANGE is that of the transfer characteristics.", bis + "4.4.6.2; " + apple + "9.16"},
		{ruleHLSBandwidth, Error, "BANDWIDTH is at least the peak bit rate of the segments, less 10 %.", rfc + "4.1, 4.3.4.2; " + apple + "1.27, 9.13"},
		{ruleHLSOverstated, Warning, "BANDWIDTH is at most 10 % above the peak bit rate.", apple + "1.27"},
		{ruleHLSAverage, Error, "AVERAGE-BANDWIDTH is there and within 10 % of the average bit rate.", apple + "1.26, 9.14"},
		{ruleHLSChannels, Error, "CHANNELS is the number of channels.", rfc + "4.3.4.1"},
		{ruleHLSLanguage, Info, "Audio and subtitles have a LANGUAGE.", apple + "4.7, 8.10"},
		{ruleHLSIFrames, Warning, "There are I-frame playlists for scrubbing.", apple + "6.1"},
		{ruleHLSIFrame, Error, "Each entry of an I-frame playlist is one sync sample with its moof, of the rendition that is declared.", rfc + "4.3.3.6; " + apple + "6.8, 6.10"},
		{ruleHLSAccess, Warning, "Audio descriptions, and subtitles for those who cannot hear, can be chosen by the player itself.", apple + "2.13, 4.6"},
		{ruleHLSLadder, Info, "Video comes in several bit rates, of one aspect ratio.", apple + "1.33, 9.9"},

		{ruleDASHSyntax, Error, "The manifest is well formed and has what is mandatory.", mpeg + "5.3"},
		{ruleDASHDuration, Error, "The duration of the manifest is that of the longest track.", mpeg + "5.3.1.2"},
		{ruleDASHTimes, Error, "Start and duration of each segment are as declared.", mpeg + "5.3.9.6; " + bmff + "8.16.3"},
		{ruleDASHBandwidth, Error, "With @minBufferTime ahead, @bandwidth never lets a player run dry.", mpeg + "5.3.5.2"},
		{ruleDASHOverstated, Warning, "@bandwidth is at most twice the bit rate of the largest segment.", mpeg + "5.3.5.2"},
		{ruleDASHCodecs, Error, "@codecs is what the track is coded as.", mpeg + "5.3.7.2"},
		{ruleDASHPicture, Error, "Size and frame rate are those of the video.", mpeg + "5.3.7.2"},
		{ruleDASHSound, Error, "Sampling rate and channels are those of the audio.", mpeg + "5.3.7.2, 5.8.5.4"},

		{ruleBoxes, Error, "Headers and segments are well formed, and hold the bytes that they declare.", bmff + "4.2, 8.8; " + cmaf + "7"},
		{ruleContinuity, Error, "Each segment begins where the one before ends, in decoding order.", apple + "7.1, 7.3; " + cmaf + "7.3.2"},
		{ruleSync, Error, "Each segment begins with a sync sample that is shown first (SAP type 1).", apple + "7.4; " + cmaf + "7.3.2"},
		{ruleSequence, Warning, "Sequence numbers of fragments rise.", bmff + "8.8.5"},
		{ruleBitstream, Error, "The decoder configuration repeats what stands in the parameter sets.", "ISO/IEC 14496-15, 5.3.3, 8.3.3; AV1 in ISO BMFF, 2.3"},
		{ruleLevel, Info, "Codec, profile, level and frame rate are among those of the specification.", apple + "1.1, 1.3, 1.6, 1.19, 1.37"},
		{ruleAlign, Error, "Renditions of the picture have segment boundaries at the same times.", apple + "8.22; " + mpeg + "5.3.3.2 (segmentAlignment)"},
		{ruleAlignAudio, Info, "Audio segments begin within a frame of video segments.", apple + "8.22"},
		{ruleStart, Warning, "Picture and sound start together, within max(0.1 s, two frames).", apple + "8.7"},
		{ruleEnd, Warning, "Picture and sound end together, within max(0.1 s, two frames).", apple + "8.3, 8.7"},

		{ruleLanguageTag, Error, "Languages are tags of BCP 47.", rfc + "4.3.4.1; " + mpeg + "5.3.3.2"},
		{ruleLanguageSame, Error, "A track has the same language in HLS, DASH and its header.", ours + "players would offer another language than they play"},
		{ruleSameTracks, Warning, "HLS and DASH name the same tracks.", ours + "one package, one offer"},
		{ruleProtection, Error, "Scheme and key id of the manifests are those of the tracks.", rfc + "4.3.2.4; ISO/IEC 23001-7, 8.2; " + iop + "7"},
		{ruleKey, Error, "No key stands in a manifest.", ours + "a key that is published protects nothing"},
		{ruleVTT, Error, "WebVTT is well formed.", "WebVTT (W3C), 4; " + rfc + "3.5"},
		{ruleVTTRange, Error, "Cues lie within their segment.", rfc + "3.5"},
		{ruleVTTMap, Warning, "WebVTT segments have an X-TIMESTAMP-MAP.", apple + "5.3"},
		{ruleThumbnails, Error, "Thumbnail sheets are there, and their size is that of the tiles.", iop + "6.2.6"},

		{ruleDecode, Error, "What is decoded has no errors.", ours + "by decoding with ffmpeg"},
		{ruleBlack, Warning, "The picture is not black throughout.", ours + "blackdetect of ffmpeg"},
		{ruleFrozen, Warning, "The picture is not frozen throughout.", ours + "freezedetect of ffmpeg"},
		{ruleSilence, Warning, "The sound is not silent throughout.", ours + "silencedetect of ffmpeg"},

		{ruleExpectTrack, Error, "Every expected track is there, in each manifest, as it was encoded.", ours + "told by who made it"},
		{ruleExpectDuration, Error, "Tracks last as long as expected, within max(0.1 s, two frames).", ours + "told by who made it"},
		{ruleExpectStart, Error, "Tracks start when expected, within max(0.1 s, two frames).", ours + "told by who made it"},
		{ruleExpectBounds, Error, "Audio that was cut with the video has its boundaries within a frame of that.", ours + "told by who made it"},
	}
}
