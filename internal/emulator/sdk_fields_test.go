package emulator_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// sdkFields are the lines of testdata/sdk/fields.txt: what the models of Antom's
// SDKs call the members of an answer, and the kinds of their values.
var sdkFields = sync.OnceValues(func() (map[string][]string, error) {
	text, err := os.ReadFile("testdata/sdk/fields.txt")
	if err != nil {
		return nil, err
	}
	known := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] != "#" {
			known[words[0]] = words[1:]
		}
	}
	return known, nil
})

// fitsModels says where an answer or a notification has a member that the SDKs'
// models don't have, or a value of a type that they don't read.
func fitsModels(path string, value any) error {
	switch inner := value.(type) {
	case map[string]any:
		for name, member := range inner {
			if err := fitsModels(strings.TrimPrefix(path+"."+name, "."), member); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for _, item := range inner {
			if err := fitsModels(path+".*", item); err != nil {
				return err
			}
		}
		return nil
	}
	known, err := sdkFields()
	if err != nil {
		return err
	}
	kind, is := known[path]
	if !is {
		return fmt.Errorf("member %q: no model of the SDKs has it", path)
	}
	if !isOfKind(value, kind) {
		return fmt.Errorf("member %q is %#v: the SDKs want %s", path, value, strings.Join(kind, ", "))
	}
	return nil
}

func isOfKind(value any, kind []string) bool {
	text, isText := value.(string)
	switch kind[0] {
	case "boolean":
		_, is := value.(bool)
		return is
	case "digits":
		return isText && text != "" && strings.Trim(text, "0123456789") == ""
	case "time":
		_, err := time.Parse(time.RFC3339, text)
		return isText && err == nil && !strings.Contains(text, ".")
	case "text":
		return isText && text != ""
	}
	return isText && slices.Contains(kind, text)
}
