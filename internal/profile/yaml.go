package profile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// YAML writes a canonical document as people edit it: keys in the order of the
// document, numbers with their digits. Parsing it gives the same document.
func YAML(document json.RawMessage) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber()
	node, err := yamlNode(dec)
	if err != nil {
		return nil, fmt.Errorf("profile document: %w", err)
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(node); err != nil {
		return nil, fmt.Errorf("write a profile document as YAML: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("write a profile document as YAML: %w", err)
	}
	return out.Bytes(), nil
}

// yamlNode reads one value. The depth was bounded when the document was parsed.
func yamlNode(dec *json.Decoder) (*yaml.Node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		return yamlCollection(dec, token)
	case json.Number:
		return yamlNumberNode(token.String()), nil
	case string:
		return yamlText(token), nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(token)}, nil
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
	}
}

func yamlCollection(dec *json.Decoder, open json.Delim) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	if open == '{' {
		node.Kind, node.Tag = yaml.MappingNode, "!!map"
	}
	for dec.More() {
		item, err := yamlNode(dec) // a key, too, which is text
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, item)
	}
	_, err := dec.Token()
	return node, err
}

// yamlNumberNode: a number with an exponent and no fraction (1e-3) is text to
// some YAML readers, and an integer to none.
func yamlNumberNode(digits string) *yaml.Node {
	tag := "!!int"
	if strings.ContainsAny(digits, ".eE") {
		tag = "!!float"
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: digits}
}

// yamlText writes lines as lines where that is sure to be read back alike.
func yamlText(value string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	plainLines := true
	for line := range strings.Lines(value) {
		line = strings.TrimSuffix(line, "\n")
		odd := func(r rune) bool { return r == '\ufeff' || !unicode.IsPrint(r) }
		plainLines = plainLines && line == strings.TrimSpace(line) && !strings.ContainsFunc(line, odd)
	}
	if !plainLines || strings.HasPrefix(value, "\n") || strings.HasSuffix(value, "\n\n") {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}
