package packaging

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/keys"
	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Keys gives the keys that segments are encrypted with, as [keys.Source] does.
type Keys interface {
	FromFile(tenant, assetID, reference string) (keys.Content, error)
	FromServer(ctx context.Context, r keys.Request) (keys.Content, error)
}

// encryption is how a package is encrypted, with its key. A nil one leaves
// everything in the clear; a scheme without a key is for a package that others
// encrypted.
type encryption struct {
	profile Encryption
	content keys.Content
	iv      [cenc.KeySize]byte // constant one of cbcs
}

// encryption gets the key that the profile asks for; nil where it asks for none.
func (r *runner) encryption(ctx context.Context, job step.Job, profile Profile) (*encryption, error) {
	if profile.Encryption == nil {
		return nil, nil
	}
	e := &encryption{profile: *profile.Encryption}
	var err error
	if server := e.profile.KeyServer; server != nil {
		e.content, err = r.keys.FromServer(ctx, keys.Request{
			Tenant: job.Tenant, AssetID: job.AssetID, IngestID: job.IngestID, Scheme: e.cpixScheme(),
			URL: server.URL, Authorization: server.Authorization, Systems: server.Systems,
		})
	} else {
		e.content, err = r.keys.FromFile(job.Tenant, job.AssetID, e.profile.KeyFile)
	}
	if err != nil {
		return nil, err
	}
	if e.content.IV != nil {
		e.iv = *e.content.IV
	} else {
		_, _ = rand.Read(e.iv[:]) // never fails
	}
	return e, nil
}

func (e *encryption) cpixScheme() string {
	switch e.profile.Scheme {
	case SchemeAES128:
		return keys.SchemeAES128
	case SchemeCENC:
		return keys.SchemeCENC
	}
	return keys.SchemeCBCS
}

// whole tells whether segments are encrypted as whole files.
func (e *encryption) whole() bool { return e != nil && e.profile.Scheme == SchemeAES128 }

// onTrack makes what encrypts the samples of a track; nil for none.
func (e *encryption) onTrack(s *source) (*mp4.Encryptor, error) {
	if e == nil || e.whole() {
		return nil, nil
	}
	m := mp4.Encryption{Scheme: cenc.CBCS, Key: e.content.Key, KID: e.content.KID, IV: e.iv, PSSH: e.pssh()}
	if e.profile.Scheme == SchemeCENC {
		m.Scheme = cenc.CENC
		// Of each track another one: no two samples under this key, here or in
		// another package, may share a vector.
		_, _ = rand.Read(m.IV[:]) // never fails
	}
	out, err := mp4.NewEncryptor(s.track, m)
	return out, s.notEncrypted(err)
}

// notEncrypted explains why a track cannot be encrypted.
func (s *source) notEncrypted(err error) error {
	switch {
	case errors.Is(err, cenc.ErrUnsupported):
		return &vod.StepError{
			Class: vod.ClassConfig, Reason: vod.ReasonConfig, Cause: err,
			Message: s.describe() + " cannot be encrypted: " + strings.TrimPrefix(err.Error(), cenc.ErrUnsupported.Error()+": ") + ".",
			Hint:    "Encode it otherwise, or package it without encryption, or with AES-128 for HLS alone.",
		}
	case errors.Is(err, cenc.ErrMalformed):
		return badMedia("%s cannot be encrypted: %v.", s.describe(), err)
	}
	return err
}

// pssh are the boxes of DRM systems, and where players get the key in the clear
// that of the W3C, which lists key ids ("cenc" Initialization Data Format).
func (e *encryption) pssh() [][]byte {
	var out [][]byte
	if e.profile.KeyURI != "" {
		out = append(out, mp4.CommonPSSH(e.content.KID))
	}
	for _, s := range e.content.Systems {
		if len(s.PSSH) > 0 {
			out = append(out, s.PSSH)
		}
	}
	return out
}

// fill has a segment written, through AES where segments are encrypted as a
// whole. Its vector is its media sequence number, which is its number.
func (e *encryption) fill(number int, write func(io.Writer) error) func(io.Writer) error {
	if !e.whole() {
		return write
	}
	return func(w io.Writer) error {
		out, err := cenc.NewSegmentWriter(w, e.content.Key, cenc.SequenceIV(uint64(number)))
		if err != nil {
			return err
		}
		if err := write(out); err != nil {
			return err
		}
		return out.Close()
	}
}

// protection is what the manifests say of it.
func (e *encryption) protection() *manifest.Protection {
	if e == nil {
		return nil
	}
	p := &manifest.Protection{
		Scheme: manifest.SchemeCBCS, KID: manifest.Octets(e.content.KID), IV: e.iv, Systems: e.content.Systems,
		KeyURI:  strings.ReplaceAll(e.profile.KeyURI, "{kid}", hex.EncodeToString(e.content.KID[:])),
		HLSOnly: e.profile.Scheme == SchemeSampleAES || e.profile.Scheme == SchemeAES128,
	}
	switch e.profile.Scheme {
	case SchemeAES128:
		p.Scheme, p.IV = manifest.SchemeAES128, manifest.Octets{}
	case SchemeCENC:
		p.Scheme, p.IV = manifest.SchemeCENC, manifest.Octets{}
	}
	return p
}

// Whole decrypts a segment of AES-128.
func (e *encryption) Whole(file, iv []byte) ([]byte, error) {
	if len(iv) != cenc.KeySize {
		return nil, errors.New("the vector has not 16 bytes")
	}
	return cenc.DecryptSegment(file, e.content.Key, [cenc.KeySize]byte(iv))
}

// Samples decrypts a header and a segment of cenc or cbcs, going by what they
// say themselves.
func (e *encryption) Samples(header, segment []byte) (clearHeader, clearSegment []byte, err error) {
	d, err := mp4.NewDecryptor(header, e.content.Key)
	if err != nil {
		return nil, nil, err
	}
	if d.KID() != e.content.KID {
		return nil, nil, errors.New("the header names another key than the one that it is encrypted with")
	}
	if clearSegment, err = d.Segment(segment); err != nil {
		return nil, nil, err
	}
	return d.Init(), clearSegment, nil
}
