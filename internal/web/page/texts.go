package page

import (
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

// texts are all that people read, by key.
type texts map[string]string

// loadTexts reads every file of texts; a key that two have is a mistake in the
// build.
func loadTexts() texts {
	all := texts{}
	names, err := fs.Glob(files, "texts/*.yaml")
	if err != nil {
		panic("embedded texts cannot be listed: " + err.Error())
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			panic("embedded texts cannot be read: " + err.Error())
		}
		var some map[string]string
		if err := yaml.Unmarshal(data, &some); err != nil {
			panic(name + ": " + err.Error())
		}
		for key, text := range some {
			if _, twice := all[key]; twice {
				panic(name + ": the text " + key + " is there twice")
			}
			all[key] = text
		}
	}
	return all
}

// Text gives the text of a key, with the arguments in place of its verbs (see
// package fmt). A key that is missing is given as it is, so that it is seen.
func (k *Kit) Text(key string, args ...any) string {
	text, ok := k.texts[key]
	switch {
	case !ok:
		return key
	case len(args) == 0:
		return text
	}
	return fmt.Sprintf(text, args...)
}

// TextN gives the text of key.one or key.other, for that many.
func (k *Kit) TextN(key string, n int) string {
	if n == 1 {
		return k.Text(key+".one", n)
	}
	return k.Text(key+".other", n)
}
