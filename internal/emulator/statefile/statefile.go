// Package statefile reads and writes the emulator's state as YAML, which includes JSON.
package statefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Largest is the maximum length of a file, in bytes.
const Largest = 16 << 20

// JSON converts a file's content to JSON. An empty file is a state without orders.
func JSON(text []byte) ([]byte, error) {
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, errors.New(strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "yaml: "))
	}
	if tree == nil {
		tree = map[string]any{}
	}
	if _, object := tree.(map[string]any); !object {
		return nil, errors.New("must be an object with the member orders")
	}
	out, err := json.Marshal(tree)
	if err != nil {
		return nil, fmt.Errorf("member names must be strings: %w", err)
	}
	return out, nil
}

// YAML converts JSON to YAML, in the same order. Strings that YAML would read as another type
// are quoted.
func YAML(text []byte) ([]byte, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		return nil, fmt.Errorf("write the state as YAML: %w", err)
	}
	block(&node)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := errors.Join(encoder.Encode(&node), encoder.Close())
	return out.Bytes(), err
}

// block replaces the flow style of JSON by block style.
func block(node *yaml.Node) {
	node.Style = 0
	for _, child := range node.Content {
		block(child)
	}
}
