package keys

import (
	"bytes"
	"encoding/hex"
	"encoding/json"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// anyAsset is the entry of a key file for assets that have none of their own.
const anyAsset = "*"

const fileHint = `A key file is JSON: {"4711": {"kid": …, "key": …}, "*": {…}}, with 32 hexadecimal digits each. Correct it, then retry the ingest.`

// FromFile takes the key of the asset out of the key file that the reference
// leads to. Errors are a [vod.StepError] of class CONFIG.
func (s *Source) FromFile(tenant, assetID, reference string) (Content, error) {
	text, err := s.secrets.Resolve(tenant, reference)
	if err != nil {
		return Content{}, err
	}
	return parseFile(text, assetID)
}

func parseFile(text []byte, assetID string) (Content, error) {
	var entries map[string]struct{ KID, Key string }
	if err := json.Unmarshal(text, &entries); err != nil {
		// The error of the decoder may quote the text.
		return Content{}, fileError("The key file is not understood.")
	}
	name := assetID
	entry, found := entries[name]
	if !found {
		name = anyAsset
		entry, found = entries[name]
	}
	if !found {
		return Content{}, fileError("The key file has no key for asset %q, and none for all others (\"*\").", assetID)
	}
	kid, kidErr := hex.DecodeString(entry.KID)
	value, keyErr := hex.DecodeString(entry.Key)
	key, sizeErr := cenc.NewKey(value)
	if kidErr != nil || keyErr != nil || sizeErr != nil || len(kid) != cenc.KeySize {
		return Content{}, fileError("In the key file, kid or key of entry %q are not 32 hexadecimal digits.", name)
	}
	if bytes.Equal(kid, value) {
		return Content{}, fileError("In the key file, kid and key of entry %q are the same; the kid is published.", name)
	}
	return Content{KID: cenc.KeyID(kid), Key: key}, nil
}

func fileError(format string, args ...any) error {
	return configError(vod.ReasonConfig, fileHint, format, args...)
}
