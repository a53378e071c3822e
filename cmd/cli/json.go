package cli

import "encoding/json"

// JSONList is a JSON array of unchanged objects.
func JSONList(objects [][]byte) []byte {
	list := []byte{'['}
	for i, object := range objects {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, object...)
	}
	return append(list, ']')
}

// oneOrList returns a single object, or a list of several.
func oneOrList(objects [][]byte) []byte {
	if len(objects) == 1 {
		return objects[0]
	}
	return JSONList(objects)
}

// Encode is json.Marshal for our own records, which can always be encoded.
func Encode(record any) []byte {
	line, err := json.Marshal(record)
	if err != nil {
		panic(err)
	}
	return line
}
