package packaging

import (
	"os"
	"path"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
)

// checkManifests wants every file that a manifest names to be there, and every
// file of a track to be named by both kinds of manifest.
func checkManifests(folder string, tracks []measured) error {
	hls, err := hlsFiles(folder)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(folder, manifest.MPDName))
	if err != nil {
		return unreadable(manifest.MPDName, err)
	}
	dash, err := manifest.MPDReferences(text)
	if err != nil {
		return unverified("%s cannot be read back: %v.", manifest.MPDName, err)
	}
	for _, kind := range []struct {
		name  string
		files []string
	}{{manifest.MultivariantName, hls}, {manifest.MPDName, dash}} {
		if err := checkNamed(folder, kind.name, kind.files, tracks); err != nil {
			return err
		}
	}
	return nil
}

// hlsFiles lists all files that the multivariant playlist leads to.
func hlsFiles(folder string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(folder, manifest.MultivariantName))
	if err != nil {
		return nil, unreadable(manifest.MultivariantName, err)
	}
	var out []string
	for _, playlist := range manifest.PlaylistReferences(text) {
		out = append(out, playlist)
		if !filepath.IsLocal(playlist) {
			continue // checkNamed refuses it
		}
		text, err := os.ReadFile(filepath.Join(folder, playlist))
		if err != nil {
			return nil, unverified("%s names %s, which is missing.", manifest.MultivariantName, playlist)
		}
		for _, name := range manifest.PlaylistReferences(text) {
			out = append(out, path.Join(path.Dir(playlist), name))
		}
	}
	return out, nil
}

func checkNamed(folder, by string, files []string, tracks []measured) error {
	named := map[string]bool{}
	for _, name := range files {
		named[name] = true
		if !filepath.IsLocal(name) {
			return unverified("%s leads to %s, outside of the package.", by, name)
		}
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			return unverified("%s names %s, which is missing.", by, name)
		}
	}
	for _, t := range tracks {
		if !named[t.folder+"/"+manifest.InitName] {
			return unverified("%s does not name track %s.", by, t.folder)
		}
		for i := range t.starts {
			if name := t.folder + "/" + manifest.SegmentName(i+1); !named[name] {
				return unverified("%s does not name %s.", by, name)
			}
		}
	}
	return nil
}
