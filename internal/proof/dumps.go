package proof

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// hexLine matches a line of a hex dump: an offset, and what follows are bytes.
var hexLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:0x)?([0-9a-fA-F]{4,8}):?[ \t]+((?:[0-9a-fA-F]{2}){1,2}[ \t].*)$`)
})

// hexLines returns the offset and the bytes of each line of a dump. Most lines of other
// texts are excluded by their first four characters.
func hexLines(text []byte) [][][]byte {
	var found [][][]byte
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) < len("0000 00 ") || slices.ContainsFunc(line[:4], func(c byte) bool { return !isDigit(c) }) {
			continue
		}
		if match := hexLine().FindSubmatch(append(slices.Clip(line), ' ')); match != nil {
			found = append(found, match[1:])
		}
	}
	return found
}

// dumps reads a dump as xxd, hexdump -C, tcpdump -X and Wireshark write it: the bytes
// and, if they are packets, what these carry.
func dumps(text []byte) [][]byte {
	lines := hexLines(text)
	if len(lines) < leastBlob/16 {
		return nil
	}
	var blocks [][]byte
	for _, line := range lines {
		if len(blocks) == 0 || len(bytes.Trim(line[0], "0")) == 0 { // it begins at 0 again
			blocks = append(blocks, nil)
		}
		last := len(blocks) - 1
		blocks[last] = append(blocks[last], hexBytes(string(line[1]))...)
	}
	return [][]byte{carried(blocks), bytes.Join(blocks, nil)}
}

// carried returns the payload of the packets of a TCP connection; nil if they are none.
func carried(packets [][]byte) []byte {
	var out []byte
	for _, packet := range packets {
		segment, ok := segmentOf(packet)
		if !ok {
			return nil
		}
		out = append(out, segment...)
	}
	return out
}

// Positions and sizes in the headers of IP and TCP that are needed to find their end.
const (
	protocolTCP    = 6
	leastIPv4      = 20
	headerIPv6     = 40
	leastTCP       = 20
	offsetInTCP    = 12 // of the length of its header
	nextInIPv6     = 6
	protocolInIPv4 = 9
)

// segmentOf removes the headers of a packet: of the link (none, loopback, Ethernet, Linux
// cooked), of IP and of TCP.
func segmentOf(packet []byte) (segment []byte, ok bool) {
	for _, link := range [...]int{0, 4, 14, 16, 18} {
		if link >= len(packet) {
			break
		}
		if tcp := datagram(packet[link:]); len(tcp) >= leastTCP {
			if header := int(tcp[offsetInTCP]>>4) * 4; header >= leastTCP && header <= len(tcp) {
				return tcp[header:], true
			}
		}
	}
	return nil, false
}

// datagram returns the payload of an IP packet if that is TCP; otherwise nil.
func datagram(ip []byte) []byte {
	switch {
	case len(ip) >= leastIPv4 && ip[0]>>4 == 4 && ip[protocolInIPv4] == protocolTCP:
		header, whole := int(ip[0]&15)*4, int(ip[2])<<8|int(ip[3])
		if whole < header || whole > len(ip) { // left to the network card
			whole = len(ip)
		}
		return ip[min(header, whole):whole]
	case len(ip) >= headerIPv6 && ip[0]>>4 == 6 && ip[nextInIPv6] == protocolTCP:
		return ip[headerIPv6:]
	}
	return nil
}

// hexBytes returns the bytes of one line, at most sixteen. The same bytes follow as
// characters.
func hexBytes(line string) []byte {
	if bar := strings.IndexByte(line, '|'); bar >= 0 {
		line = line[:bar]
	} else if gap := strings.Index(line, "   "); gap >= 0 {
		line = line[:gap]
	} else if gap := strings.Index(line, "  "); gap >= 0 && len(strings.Fields(line[:gap])) != 8 {
		line = line[:gap]
	} else if gap >= 0 && len(strings.Fields(line[:gap])[0]) == 4 {
		line = line[:gap]
	}
	var out []byte
	for group := range strings.FieldsSeq(line) {
		plain, err := hex.DecodeString(group)
		if err != nil || len(plain) > 2 || len(out) >= 16 {
			break
		}
		out = append(out, plain...)
	}
	return slices.Clip(out)
}
