package auth

import (
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// lookUpClaim finds a claim by its name or JSON pointer. found is false where
// the claim, or an object on the way to it, is missing.
func lookUpClaim(claims jwt.MapClaims, name string) (value any, found bool, err error) {
	pointer, ok := strings.CutPrefix(name, "/")
	if !ok {
		value, found = claims[name]
		return value, found, nil
	}
	value = map[string]any(claims)
	for part := range strings.SplitSeq(pointer, "/") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false, wrongType(name)
		}
		// RFC 6901 section 4: ~1 first, so that ~01 is ~1 and not a slash.
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		if value, found = object[part]; !found {
			return nil, false, nil
		}
	}
	return value, true, nil
}

// texts reads a claim that is a text or a list of texts; split takes a text
// apart. Anything else is refused, for what it meant is not known.
func texts(claims jwt.MapClaims, name string, split func(string) []string) (list []string, found bool, err error) {
	value, found, err := lookUpClaim(claims, name)
	if err != nil || !found {
		return nil, false, err
	}
	switch value := value.(type) {
	case string:
		return split(value), true, nil
	case []any:
		for _, item := range value {
			text, ok := item.(string)
			if !ok {
				return nil, false, wrongType(name)
			}
			list = append(list, text)
		}
		return list, true, nil
	}
	return nil, false, wrongType(name)
}

func wrongType(name string) error {
	return vod.Faultf(vod.Unauthenticated, "The token's claim %s is neither a text nor a list of texts.", name)
}
