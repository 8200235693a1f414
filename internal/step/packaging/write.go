package packaging

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// fileMode keeps other users of the machine out.
const fileMode = 0o640

// output is the folder that is being written.
type output struct {
	folder *location.Folder
	// wrote is told the bytes of media written so far.
	wrote func(bytes int64)
	bytes int64 // of media
	// protect encrypts; nil for nothing.
	protect *encryption
}

// writeTracks writes header and segments of every source, and gives what was
// measured while doing so.
func (o *output) writeTracks(ctx context.Context, sources []*source) (manifest.Presentation, error) {
	var p manifest.Presentation
	for _, s := range sources {
		t, err := o.writeTrack(ctx, s)
		if err != nil {
			return manifest.Presentation{}, fmt.Errorf("write track %s: %w", s.folder, err)
		}
		if s.isVideo() {
			p.Video = append(p.Video, t)
		} else {
			p.Audio = append(p.Audio, t)
		}
	}
	return p, nil
}

func (o *output) writeTrack(ctx context.Context, s *source) (manifest.Track, error) {
	if err := os.MkdirAll(filepath.Join(o.folder.Path(), s.folder), 0o750); err != nil {
		return manifest.Track{}, err
	}
	timing := mp4.TimingOf(s.segments)
	encryptor, err := o.protect.onTrack(s)
	if err != nil {
		return manifest.Track{}, err
	}
	header := mp4.InitSegment(s.track, manifest.LanguageCode3(s.language), timing, encryptor)
	if err := o.writeText(s.folder+"/"+manifest.InitName, string(header)); err != nil {
		return manifest.Track{}, err
	}
	t := s.describeTrack()
	for i, segment := range s.segments {
		if err := ctx.Err(); err != nil {
			return manifest.Track{}, err
		}
		var sizes mp4.Sizes
		size, err := o.writeSized(s.folder+"/"+manifest.SegmentName(i+1), o.protect.fill(i+1, func(w io.Writer) (err error) {
			sizes, err = mp4.WriteSegment(w, s.file, s.track, segment, timing, encryptor)
			return s.notEncrypted(err)
		}))
		if err != nil {
			return manifest.Track{}, err
		}
		start := max(segment.Start(), 0) // primed audio starts before
		t.Segments = append(t.Segments, manifest.Segment{
			Start: start, Duration: segment.End - start, Size: size, FirstSample: sizes.FirstSample,
		})
		o.bytes += size
		o.wrote(o.bytes)
	}
	return t, nil
}

// describeTrack is what the manifests say of the track, without its segments.
func (s *source) describeTrack() manifest.Track {
	e := s.track.Entry
	t := manifest.Track{Folder: s.folder, Codecs: e.Codecs, Timescale: s.track.Timescale, Frame: s.frame()}
	if s.isVideo() {
		t.Width, t.Height, t.SARNum, t.SARDen = e.Width, e.Height, e.SARNum, e.SARDen
		t.FrameRate, t.VideoRange = s.frameRate(), s.videoRange
		t.Primaries, t.Transfer, t.Matrix = e.Colour.Primaries, e.Colour.Transfer, e.Colour.Matrix
		return t
	}
	t.Language, t.Name, t.Commentary, t.Described = s.language, s.label, s.commentary, s.described
	t.Channels, t.ChannelConfiguration, t.SampleRate = e.Channels, e.ChannelConfiguration, e.SampleRate
	return t
}

// writePlaylists writes the media playlists of the tracks.
func (o *output) writePlaylists(p manifest.Presentation) error {
	for _, t := range p.Tracks() {
		if err := o.writeText(t.Folder+"/"+manifest.PlaylistName, manifest.MediaPlaylist(p, t)); err != nil {
			return err
		}
	}
	if !p.HasIFrames() {
		return nil
	}
	for _, t := range p.Video {
		if err := o.writeText(t.Folder+"/"+manifest.IFramesName, manifest.IFramePlaylist(p, t)); err != nil {
			return err
		}
	}
	return nil
}

// writeManifests writes what names all tracks, and what it was made from.
func (o *output) writeManifests(p manifest.Package) error {
	if err := o.writeText(manifest.MultivariantName, manifest.Multivariant(p.Presentation)); err != nil {
		return err
	}
	if p.HasDASH() {
		mpd, err := manifest.MPD(p.Presentation)
		if err != nil {
			return err
		}
		if err := o.writeText(manifest.MPDName, mpd); err != nil {
			return err
		}
	}
	return o.write(manifest.PackageName, func(w io.Writer) error { return manifest.WritePackage(w, p) })
}

func (o *output) writeText(name, text string) error {
	return o.write(name, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// write makes one file and notes down its checksum, so that it is not read
// again for the inventory.
func (o *output) write(name string, fill func(io.Writer) error) error {
	_, err := o.writeSized(name, fill)
	return err
}

// writeSized does the same and gives the number of bytes.
func (o *output) writeSized(name string, fill func(io.Writer) error) (int64, error) {
	file, err := os.OpenFile(filepath.Join(o.folder.Path(), filepath.FromSlash(name)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return 0, err
	}
	hash := sha256.New()
	counted := &counter{}
	buffered := bufio.NewWriterSize(file, 1<<16)
	err = fill(io.MultiWriter(buffered, hash, counted))
	if err = errors.Join(err, buffered.Flush(), file.Close()); err != nil {
		return 0, err
	}
	o.folder.Known(location.Entry{Name: name, Size: counted.n, SHA256: hex.EncodeToString(hash.Sum(nil))})
	return counted.n, nil
}

// counter counts the bytes written to it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
