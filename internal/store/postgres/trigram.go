package postgres

import (
	"hash/fnv"
	"slices"
	"strings"
)

// folded is text as it is searched: in small letters, whatever the language, and
// without what Postgres cannot keep.
func folded(s string) string {
	return strings.ToLower(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD"))
}

// trigrams gives the sequences of three characters of folded texts as numbers,
// sorted. Two may share a number, so that what is found by them is looked at.
func trigrams(texts ...string) (numbers []int32) {
	for _, text := range texts {
		runes := []rune(text)
		for i := range len(runes) - 2 {
			numbers = append(numbers, hash("", string(runes[i:i+3])))
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// tenantMark stands among the trigrams of all texts of a tenant, so that those
// of others are not looked at.
func tenantMark(tenant string) int32 { return hash("tenant", tenant) }

func hash(kind, text string) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(kind + "\x00" + text)) // Never fails.
	return int32(h.Sum32())
}
