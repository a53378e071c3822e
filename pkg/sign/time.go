package sign

import (
	"strconv"
	"time"
)

// CheckTime checks that a time header has one of the forms that Antom and its SDKs send: 13
// digits (milliseconds since 1970), 19 digits (nanoseconds, sent by releases 1.2 of the Go SDK)
// or ISO 8601, YYYY-MM-DDThh:mm:ss[.fraction] with Z, ±hh:mm or ±hhmm. The error is an [*Error]
// with the reason [TimeMissing] or [TimeMalformed].
//
// The form matters because the signed content joins its fields with dots: if any time were
// accepted, the beginning of the body could be moved into the time and the signature would
// still match.
func CheckTime(s string) error {
	if err := checkTime(s); err != nil {
		return err
	}
	return nil
}

// ParseTime parses a time in any of the forms that [CheckTime] accepts.
func ParseTime(s string) (time.Time, error) {
	if err := checkTime(s); err != nil {
		return time.Time{}, err
	}
	if isEpoch(s) {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return time.Time{}, &Error{Reason: TimeMalformed, detail: shorten(s)}
		}
		if len(s) == len("1700000000000") {
			return time.UnixMilli(n), nil
		}
		return time.Unix(0, n), nil
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &Error{Reason: TimeMalformed, detail: shorten(s)}
}

func checkTime(s string) *Error {
	switch {
	case s == "":
		return &Error{Reason: TimeMissing}
	case isEpoch(s) || isISO8601(s):
		return nil
	}
	return &Error{Reason: TimeMalformed, detail: shorten(s)}
}

// isEpoch accepts milliseconds and nanoseconds.
func isEpoch(s string) bool {
	return matches(s, "ddddddddddddd") || matches(s, "ddddddddddddddddddd")
}

func isISO8601(s string) bool {
	const instant = "dddd-dd-ddTdd:dd:dd"
	if len(s) < len(instant) || !matches(s[:len(instant)], instant) {
		return false
	}
	return isZone(skipFraction(s[len(instant):]))
}

// skipFraction removes .ddd; a dot without digits stays and is rejected later.
func skipFraction(s string) string {
	if len(s) < 2 || s[0] != '.' || !isDigit(s[1]) {
		return s
	}
	i := 1
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return s[i:]
}

func isZone(s string) bool {
	if s == "Z" {
		return true
	}
	if s == "" || (s[0] != '+' && s[0] != '-') {
		return false
	}
	return matches(s[1:], "dd:dd") || matches(s[1:], "dddd")
}

// matches compares s with a pattern in which d is any digit.
func matches(s, pattern string) bool {
	if len(s) != len(pattern) {
		return false
	}
	for i := range len(s) {
		if pattern[i] == 'd' {
			if !isDigit(s[i]) {
				return false
			}
		} else if s[i] != pattern[i] {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
