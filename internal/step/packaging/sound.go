package packaging

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
)

// sameSounds finds out which audio tracks without notes are the same sound in
// another codec or layout: those of the same language that differ in that.
func sameSounds(sources []*source) {
	var sounds [][]*source
	for _, s := range sources {
		if s.isVideo() || s.sound != "" {
			continue
		}
		i := slices.IndexFunc(sounds, func(sound []*source) bool {
			return !slices.ContainsFunc(sound, func(other *source) bool { return !other.mayBe(s) })
		})
		if i < 0 {
			i = len(sounds)
			sounds = append(sounds, nil)
		}
		sounds[i] = append(sounds[i], s)
		s.sound = "file " + strconv.Itoa(i)
	}
}

// mayBe tells whether two audio tracks may be encodings of the same sound.
func (s *source) mayBe(other *source) bool {
	a, b := s.track.Entry, other.track.Entry
	return s.language == other.language &&
		(a.Format != b.Format || (a.Channels != b.Channels && min(a.Channels, b.Channels) > 1))
}

// inOrder puts video first, what most players can play before the rest, then
// audio: the sound to play by default, then the others as they came, of each
// first the encoding that most players can play.
func inOrder(sources []*source) []*source {
	sameSounds(sources)
	first := map[string]int{} // number of the first track of each sound
	for i, s := range sources {
		if _, known := first[s.sound]; !known {
			first[s.sound] = i
		}
		if s.preferred {
			first[s.sound] = -1
		}
	}
	out := slices.Clone(sources)
	slices.SortStableFunc(out, func(a, b *source) int {
		switch {
		case a.isVideo() != b.isVideo():
			if a.isVideo() {
				return -1
			}
			return 1
		case a.isVideo():
			return cmp.Compare(a.coding().PictureRank(), b.coding().PictureRank())
		}
		return cmp.Or(cmp.Compare(first[a.sound], first[b.sound]),
			cmp.Compare(a.coding().SoundRank(), b.coding().SoundRank()))
	})
	return out
}

// coding is what tells who can play the track.
func (s *source) coding() manifest.Track {
	e := s.track.Entry
	return manifest.Track{Codecs: e.Codecs, VideoRange: s.videoRange, Channels: e.Channels}
}
