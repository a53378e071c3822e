package antom

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// decodeMembers decodes a JSON object into value, which must not have its own UnmarshalJSON.
// Antom adds and changes fields before they are documented, so a member of an unexpected type
// must not make a payment unreadable: it is skipped and named in unread, unless it is
// essential.
func decodeMembers[T any](data []byte, value *T, essential ...string) (unread []string, err error) {
	if json.Unmarshal(data, value) == nil {
		return nil, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	*value = *new(T)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		switch err := decodeMember(name, members[name], value); {
		case err == nil:
		case slices.Contains(essential, name):
			return nil, fmt.Errorf("%s: %w", name, err)
		default:
			unread = append(unread, name)
		}
	}
	return unread, nil
}

// decodeMember decodes one member into value, or leaves value unchanged: a partly decoded
// member would look complete.
func decodeMember[T any](name string, member json.RawMessage, value *T) error {
	object, err := json.Marshal(map[string]json.RawMessage{name: member})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(object, new(T)); err != nil {
		return err
	}
	return json.Unmarshal(object, value)
}
