package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

// blobs decodes the base64 and hexadecimal runs in a text.
func blobs(text []byte) [][]byte {
	var found [][]byte
	for at := 0; at < len(text); {
		if !isBase64(text[at]) {
			at++
			continue
		}
		run, end := joined(text, at)
		if at = end; len(run) < leastBlob {
			continue
		}
		if run = withoutName(run); len(run) < leastBlob {
			continue
		}
		if plain := decoded(run); holdsMessage(plain) {
			found = append(found, plain)
		}
	}
	return found
}

// withoutName removes a name before an equals sign, and 0x: body=eyJ…
func withoutName(run []byte) []byte {
	if name := bytes.LastIndexByte(bytes.TrimRight(run, "="), '='); name >= 0 {
		run = run[name+1:]
	}
	return bytes.TrimPrefix(run, []byte("0x"))
}

// joined reads base64 that is wrapped into lines of equal length.
func joined(text []byte, at int) (run []byte, end int) {
	width := -1
	for {
		begin := at
		for at < len(text) && isBase64(text[at]) {
			at++
		}
		run = append(run, text[begin:at]...)
		length := at - begin
		rest := bytes.TrimPrefix(text[at:], []byte("\r"))
		if width < 0 {
			width = length
		}
		if length < 16 || length < width || !bytes.HasPrefix(rest, []byte("\n")) || len(rest) < 2 || !isBase64(rest[1]) {
			return run, at
		}
		at = len(text) - len(rest) + 1
	}
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_' || c == '='
}

// decoded decodes base64, base64url or hexadecimal; nil if a run is none of them.
func decoded(run []byte) []byte {
	if plain, err := hex.DecodeString(string(run)); err == nil {
		return plain
	}
	usual := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(string(run)), "=")
	plain, err := base64.RawStdEncoding.DecodeString(usual)
	if err != nil {
		return nil
	}
	return plain
}

// holdsMessage reports whether decoded bytes may be part of a message: they contain JSON or
// are compressed. Signatures and keys decode too, but are neither.
func holdsMessage(plain []byte) bool {
	if bytes.HasPrefix(plain, []byte("\x1f\x8b")) {
		return true
	}
	return bytes.IndexByte(plain, '{') >= 0 && bytes.IndexByte(plain, '"') >= 0 && utf8.Valid(plain)
}

// leastNumbers is how many consecutive numbers are read as bytes.
const leastNumbers = 60

// lists decodes texts that are written as the numbers of their bytes: [123 34 …]
// of Go, [123, -30, …] of Java, 0x7b, 0x22 of C, <Buffer 7b 22 …> of Node.js.
func lists(text []byte) [][]byte {
	var found [][]byte
	for at := 0; at < len(text); {
		if !isDigit(text[at]) {
			at++
			continue
		}
		numbers, end := numbersIn(text, at)
		if at = end; len(numbers) < leastNumbers {
			continue
		}
		if plain := bytesOf(numbers); holdsMessage(plain) {
			found = append(found, plain)
		}
	}
	return found
}

// isDigit is true of hexadecimal digits, and of the x in 0x7b.
func isDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == 'x' || c == 'X'
}

// number is a number in a list, with its sign.
type number struct {
	digits   string
	negative bool
}

// numbersIn reads numbers of at most four characters with blanks, commas, colons or
// dashes between them.
func numbersIn(text []byte, at int) (numbers []number, end int) {
	negative := false
	for {
		begin := at
		for at < len(text) && isDigit(text[at]) {
			at++
		}
		if at-begin > len("0x7b") {
			return numbers, at
		}
		numbers = append(numbers, number{string(text[begin:at]), negative})
		between := at
		for at < len(text) && at-between < 8 && strings.IndexByte(" ,:-\t\r\n", text[at]) >= 0 {
			at++
		}
		if at == between || at == len(text) || !isDigit(text[at]) {
			return numbers, max(at, between)
		}
		negative = at-between > 1 && text[at-1] == '-'
	}
}

// bytesOf reads numbers as bytes: in hexadecimal if all have two digits or begin with
// 0x, else in decimal; nil if they are no bytes.
func bytesOf(numbers []number) []byte {
	base := 16
	for _, n := range numbers {
		if len(n.digits) != 2 && !strings.HasPrefix(n.digits, "0x") {
			base = 10
		}
	}
	out := make([]byte, 0, len(numbers))
	for _, n := range numbers {
		value, err := strconv.ParseUint(strings.TrimPrefix(n.digits, "0x"), base, 8)
		if err != nil {
			return nil
		}
		if n.negative { // of Java
			value = -value
		}
		out = append(out, byte(value))
	}
	return out
}
