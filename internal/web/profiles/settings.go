package profiles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// setting is a value of a step's own profile.
type setting struct{ Key, Value string }

// mostSettings is how many of a step are shown; the document has all.
const mostSettings = 100

// settings are those of a step's own profile in their order, keys of objects
// joined by dots, without the name and the type, which stand beside them. more
// is how many were left out.
func settings(own json.RawMessage) (list []setting, more int, err error) {
	dec := json.NewDecoder(bytes.NewReader(own))
	dec.UseNumber()
	if err := flatten(dec, "", &list); err != nil {
		return nil, 0, fmt.Errorf("own profile of a step: %w", err)
	}
	kept := list[:0]
	for _, s := range list {
		if s.Key != "name" && s.Key != "type" {
			kept = append(kept, s)
		}
	}
	if len(kept) > mostSettings {
		return kept[:mostSettings], len(kept) - mostSettings, nil
	}
	return kept, 0, nil
}

func flatten(dec *json.Decoder, key string, list *[]setting) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	add := func(value string) { *list = append(*list, setting{key, value}) }
	switch token := token.(type) {
	case json.Delim:
		before := len(*list)
		for i := 0; dec.More(); i++ {
			inner := key + "[" + strconv.Itoa(i) + "]"
			if token == '{' {
				name, err := dec.Token()
				if err != nil {
					return err
				}
				inner = strings.TrimPrefix(key+"."+fmt.Sprint(name), ".")
			}
			if err := flatten(dec, inner, list); err != nil {
				return err
			}
		}
		if _, err := dec.Token(); err != nil {
			return err
		}
		if len(*list) == before && key != "" { // Nothing in it says something, too.
			add(map[json.Delim]string{'{': "{}", '[': "[]"}[token])
		}
	case string:
		add(token)
	case nil:
		add("null")
	default:
		add(fmt.Sprint(token))
	}
	return nil
}
