// Package statefile reads and writes the emulator's state as people keep it in a
// file: YAML, of which JSON is a part.
package statefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Largest is the longest file that is read, in bytes.
const Largest = 16 << 20

// JSON is the content of a file as JSON. A file with nothing in it is a state
// without orders.
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
		return nil, fmt.Errorf("names of members must be texts: %w", err)
	}
	return out, nil
}

// YAML is JSON as YAML, in its order. A text that YAML would take for something
// else is quoted.
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

// block takes the style of JSON away.
func block(node *yaml.Node) {
	node.Style = 0
	for _, child := range node.Content {
		block(child)
	}
}
