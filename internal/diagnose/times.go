package diagnose

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/intake"
)

func (c *Case) time() string { return c.Message.Header.Get(c.Message.Kind.TimeHeader()) }

func otherTimeHeader(c *Case) []change {
	other := intake.Response
	if c.Message.Kind == intake.Response {
		other = intake.Request
	}
	name := other.TimeHeader()
	return texts(partTime, c.time(), []Known{{c.Message.Header.Get(name), "header " + strings.ToLower(name)}})
}

// timeSpelling formats the same time as other programs do. A different time is never
// tried, because it would be a different message.
func timeSpelling(c *Case) []change {
	given := c.time()
	t, ok := instantOf(given)
	if !ok {
		return nil
	}
	usual := []Known{{strings.ReplaceAll(given, " ", "+"), "a plus sign that became a blank"}}
	usual = append(usual, spellings(t.UTC())...)
	usual = append(usual, spellings(t)...)
	usual = append(usual, spellings(t.In(time.FixedZone("", 8*3600)))...)
	usual = append(usual, Known{strconv.FormatInt(t.UnixMilli(), 10), ""})
	if t.Nanosecond() == 0 {
		usual = append(usual, Known{strconv.FormatInt(t.Unix(), 10), ""})
	}
	changes := texts(partTime, given, usual)
	for minutes := -12 * 60; minutes <= 14*60; minutes += 30 {
		for _, ch := range texts(partTime, given, spellings(t.In(time.FixedZone("", minutes*60)))) {
			ch.alone = true
			changes = append(changes, ch)
		}
	}
	return changes
}

// instantOf reads a time in any format, including damaged ones.
func instantOf(text string) (time.Time, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch len(text) {
		case 19:
			return time.Unix(0, n).UTC(), true
		case 13:
			return time.UnixMilli(n).UTC(), true
		case 10:
			return time.Unix(n, 0).UTC(), true
		}
		return time.Time{}, false
	}
	text = strings.TrimSpace(text)
	if len(text) > 10 && text[10] == ' ' {
		text = text[:10] + "T" + text[11:]
	}
	text = strings.Replace(text, " ", "+", 1)
	for _, layout := range [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// spellings formats a time in its zone, with its whole fraction.
func spellings(t time.Time) []Known {
	instant := t.Format("2006-01-02T15:04:05")
	fractions := []string{"", ".000"}
	if ns := t.Nanosecond(); ns != 0 {
		full := fmt.Sprintf(".%09d", ns)
		fractions = []string{strings.TrimRight(full, "0")}
		if ns%1e6 == 0 {
			fractions = append(fractions, full[:4])
		}
	}
	var known []Known
	for _, fraction := range fractions {
		known = append(known, Known{instant + fraction + t.Format("-07:00"), ""}, Known{instant + fraction + t.Format("-0700"), ""})
		if _, offset := t.Zone(); offset == 0 {
			known = append(known, Known{instant + fraction + "Z", ""})
		}
	}
	return known
}
