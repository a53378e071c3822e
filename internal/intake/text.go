package intake

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Of tells text in UTF-16 by its byte order mark, or by the zero bytes of
// its first two letters; nil if it is not.
func utf16Of(start []byte) binary.ByteOrder {
	if len(start) < 4 {
		return nil
	}
	zero := func(i int) bool { return start[i] == 0 }
	switch {
	case start[0] == 0xff && start[1] == 0xfe, !zero(0) && zero(1) && !zero(2) && zero(3):
		return binary.LittleEndian
	case start[0] == 0xfe && start[1] == 0xff, zero(0) && !zero(1) && zero(2) && !zero(3):
		return binary.BigEndian
	}
	return nil
}

// utf16Reader reads UTF-16 as UTF-8. What is no character becomes U+FFFD: then
// the signature does not match.
type utf16Reader struct {
	in    *bufio.Reader
	order binary.ByteOrder
	left  []byte
}

func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.left) == 0 || len(r.left)+utf8.UTFMax <= len(p) && r.in.Buffered() > 1 {
		c, err := r.unit()
		if err != nil {
			return 0, err
		}
		if utf16.IsSurrogate(c) {
			low, err := r.unit()
			if err != nil {
				low = utf8.RuneError
			}
			c = utf16.DecodeRune(c, low)
		}
		r.left = utf8.AppendRune(r.left, c)
	}
	n := copy(p, r.left)
	r.left = append(r.left[:0], r.left[n:]...)
	return n, nil
}

func (r *utf16Reader) unit() (rune, error) {
	var two [2]byte
	if _, err := io.ReadFull(r.in, two[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		return 0, err
	}
	return rune(r.order.Uint16(two[:])), nil
}
