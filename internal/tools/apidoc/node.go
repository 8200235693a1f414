package main

import (
	"iter"
	"strings"

	"go.yaml.in/yaml/v3"
)

// node is a part of the document. The zero node is what is not there; all that
// is asked of it is empty.
type node struct {
	at   *yaml.Node
	root *yaml.Node // of the document, for references
}

func (n node) document() node { return node{n.at.Content[0], n.at.Content[0]} }

func (n node) there() bool { return n.at != nil }

// get goes down by keys, and through references.
func (n node) get(keys ...string) node {
	for _, key := range keys {
		n = n.child(key)
	}
	return n
}

func (n node) child(key string) node {
	for name, value := range n.entries() {
		if name == key {
			return value.resolved()
		}
	}
	return node{root: n.root}
}

// entries are the keys and values of a mapping, in the document's order.
func (n node) entries() iter.Seq2[string, node] {
	return func(yield func(string, node) bool) {
		if !n.there() || n.at.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.at.Content); i += 2 {
			if !yield(n.at.Content[i].Value, node{n.at.Content[i+1], n.root}) {
				return
			}
		}
	}
}

// items are the elements of a sequence, through references.
func (n node) items() (list []node) {
	if n.there() && n.at.Kind == yaml.SequenceNode {
		for _, item := range n.at.Content {
			list = append(list, node{item, n.root}.resolved())
		}
	}
	return list
}

func (n node) text() string {
	if !n.there() {
		return ""
	}
	return n.at.Value
}

// reference is the last part of a $ref, such as "IngestList"; or "".
func (n node) reference() string {
	for name, value := range n.entries() {
		if name == "$ref" {
			return value.at.Value[strings.LastIndexByte(value.at.Value, '/')+1:]
		}
	}
	return ""
}

// resolved follows a $ref within the document.
func (n node) resolved() node {
	for name, value := range n.entries() {
		if name == "$ref" {
			return node{n.root, n.root}.get(strings.Split(strings.TrimPrefix(value.at.Value, "#/"), "/")...)
		}
	}
	return n
}
