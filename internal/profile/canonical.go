package profile

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// pageOrder lists the stages in the order in which the Status API's page has
// them in a profile's details, which is neither that of the work nor of the
// alphabet.
func pageOrder() []vod.Stage {
	return []vod.Stage{
		vod.Packaging, vod.Encoding, vod.Distribution, vod.Playout,
		vod.Retrieval, vod.SubtitlePublishing,
	}
}

// member is a key of an object with its JSON text.
type member struct {
	key  string
	text []byte
}

// writeObject writes a JSON object with its keys in the order given.
func writeObject(members ...member) []byte {
	out := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, plain(m.key)...), ':'), m.text...)
	}
	return append(out, '}')
}

func writeList(items [][]byte) []byte {
	return append(append([]byte{'['}, bytes.Join(items, []byte(","))...), ']')
}

// plain writes a value that the standard library writes, without its escapes
// for HTML.
func plain(value any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic("profile: " + err.Error()) // texts, numbers and vod types always encode
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// canonicalDocument writes a document whose shape was checked.
func canonicalDocument(doc map[string]any) json.RawMessage {
	members := []member{{"name", canonical(doc["name"], nil)}}
	if text, ok := doc["description"]; ok {
		members = append(members, member{"description", canonical(text, nil)})
	}
	for _, stage := range pageOrder() {
		entries, _ := doc[stage.Key()].([]any)
		members = append(members, member{stage.Key(), canonicalEntries(stage, entries)})
	}
	return writeObject(members...)
}

// canonicalEntries writes the entries of a stage. On the page a distribution's
// label stands before its profile, all others' after.
func canonicalEntries(stage vod.Stage, entries []any) []byte {
	items := make([][]byte, len(entries))
	for i, item := range entries {
		entry, _ := item.(map[string]any)
		label := member{"filesetLabelOut", canonical(entry["filesetLabelOut"], nil)}
		own := member{stage.ProfileKey(), canonical(entry[stage.ProfileKey()], ownOrder(stage))}
		filter := member{"filesetFilter", canonical(entry["filesetFilter"], nil)}
		if stage == vod.Distribution {
			items[i] = writeObject(filter, label, own)
		} else {
			items[i] = writeObject(filter, own, label)
		}
	}
	return writeList(items)
}

// ownOrder is the order of the keys of a step's own profile; those that it
// does not list follow in the order of the alphabet.
func ownOrder(stage vod.Stage) []string {
	switch stage {
	case vod.Encoding:
		return []string{"versionId", "name", "sourceLocation", "type", "targetLocation"}
	default:
		return []string{"name", "versionId", "sourceLocation", "type", "targetLocation"}
	}
}

// locationOrder is the order of the keys of a location.
func locationOrder() []string {
	return []string{"name", "s3Arn", "versionId", "path", "baseUrl", "endpoint", "region", "iamRoleArn", "type"}
}

// canonical writes a value: keys in the given order, then by the alphabet.
func canonical(value any, order []string) []byte {
	switch value := value.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(value))
		slices.SortStableFunc(keys, func(a, b string) int { return rank(order, a) - rank(order, b) })
		members := make([]member, len(keys))
		for i, key := range keys {
			var inner []string
			if isLocation(key) {
				inner = locationOrder()
			}
			members[i] = member{key, canonical(value[key], inner)}
		}
		return writeObject(members...)
	case []any:
		items := make([][]byte, len(value))
		for i, item := range value {
			items[i] = canonical(item, nil)
		}
		return writeList(items)
	default:
		return plain(value)
	}
}

func rank(order []string, key string) int {
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	return len(order)
}

// isLocation tells whether a step's own profile keeps a location under key.
func isLocation(key string) bool { return strings.HasSuffix(key, "Location") }

// comparePaths orders JSON pointers by their parts, numbers by their value.
func comparePaths(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "/"), strings.Split(b, "/"), func(a, b string) int {
		m, errA := strconv.Atoi(a)
		n, errB := strconv.Atoi(b)
		if errA == nil && errB == nil {
			return m - n
		}
		return strings.Compare(a, b)
	})
}
