package notifycmd

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/conformance"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/receiver"
)

// deliveredMessage returns a delivery as a message for commands that read messages.
func deliveredMessage(r *receiver.Record) *intake.Message {
	return &intake.Message{
		Source: r.ID, Kind: intake.Notification, Method: r.Method, Target: r.URL, Header: r.Header(), Body: r.Body(), Exact: true,
	}
}

// recordOf returns a saved message as if it had just been delivered.
func recordOf(m *intake.Message) *receiver.Record {
	record := &receiver.Record{ID: m.Source, Method: m.Method, URL: m.Target, Text: new(string(m.Body))}
	for name, values := range m.Header {
		for _, value := range values {
			record.Headers = append(record.Headers, [2]string{strings.ToLower(name), value})
		}
	}
	record.Summarise()
	return record
}

// saver writes deliveries into a folder, one raw HTTP file each.
type saver struct {
	root    *os.Root // nil: write nothing
	dir     string   // as given by the user
	refused int
}

// mostRefused limits how many refused deliveries are saved: anybody can send them.
const mostRefused = 200

func openSaver(c *cli.CLI, dir string) (*saver, error) {
	if dir == "" {
		return &saver{}, nil
	}
	path := c.Abs(dir)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for deliveries: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the folder for deliveries: %w", err)
	}
	return &saver{root: root, dir: dir}, nil
}

// save writes the delivery of an event and returns its file.
func (s *saver) save(e receiver.Event) (string, error) {
	if s.root == nil || e.Record == nil {
		return "", nil
	}
	if e.Type == receiver.Received {
		return s.write(savedName(e.Record), e.Record)
	}
	if s.refused++; s.refused > mostRefused {
		return "", nil
	}
	return s.write(fmt.Sprintf("%s-%s-%d.http", e.Type, e.Time.UTC().Format("20060102T150405.000"), s.refused), e.Record)
}

func (s *saver) write(name string, r *receiver.Record) (string, error) {
	if err := s.root.WriteFile(name, intake.RawHTTP(deliveredMessage(r)), 0o600); err != nil {
		return "", fmt.Errorf("save the delivery %s: %w", r.ID, err)
	}
	return filepath.Join(s.dir, name), nil
}

// savedName returns a file name that sorts by the order of arrival and describes the content.
// Of the text chosen by the sender it keeps only characters that are valid in every file
// system.
func savedName(r *receiver.Record) string {
	subject := strings.Map(func(c rune) rune {
		if c < 0x80 && (c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '_') {
			return c
		}
		return '_'
	}, cmp.Or(r.NotifyType, "notification")+"-"+cmp.Or(r.Subject(), "unknown"))
	return fmt.Sprintf("n%06s-%s.http", strings.TrimPrefix(r.ID, "n"), subject[:min(len(subject), 100)])
}

// selection selects deliveries from the journal.
type selection struct {
	ids           []string
	kind          string
	since, before string
	last          int
	chosen        func(flag string) bool // whether a flag was given

	damaged []error // lines of the journal that are not records
}

func (s *selection) bind(flags *pflag.FlagSet) {
	flags.StringVar(&s.kind, "type", "", "only this notify `type`")
	flags.StringVar(&s.since, "since", "", "only from this `time` on: RFC 3339, or a duration ago such as 10m")
	flags.StringVar(&s.before, "before", "", "only before this `time`")
	flags.IntVar(&s.last, "last", 0, "only the last `N`")
	s.chosen = flags.Changed
}

// empty reports whether nothing was requested.
func (s *selection) empty() bool {
	return len(s.ids) == 0 && s.kind == "" && s.since == "" && s.before == "" && !s.chosen("last")
}

// records returns the selected deliveries of the profile in the order in which they were
// received. Each id must be that of a delivery or of its subject.
func (s *selection) records(c *cli.CLI, profile, dir string) ([]*receiver.Record, error) {
	since, err := moment(c, "--since", s.since)
	if err != nil {
		return nil, err
	}
	before, err := moment(c, "--before", s.before)
	if err != nil {
		return nil, err
	}
	switch {
	case s.chosen("last") && s.last < 1:
		return nil, cli.Usagef("--last %d: must be 1 or more", s.last).WithHint("without --last all matching ones are used")
	case !since.IsZero() && !before.IsZero() && !since.Before(before):
		return nil, cli.Usagef("--since %s is not before --before %s", s.since, s.before)
	}
	idGroups := idGroupsOf(c, profile, dir, s.ids)
	var chosen []*receiver.Record
	kinds := conformance.Types()
	for r, err := range receiver.Records(dir) {
		if _, ok := errors.AsType[*receiver.DamagedError](err); ok {
			s.damaged = append(s.damaged, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(kinds, r.NotifyType) {
			kinds = append(kinds, r.NotifyType)
		}
		if named := idGroups.match(r); !named && len(s.ids) > 0 || !s.fits(r, since, before) {
			continue
		}
		chosen = append(chosen, r)
		if s.last > 0 && len(chosen) > s.last {
			chosen = chosen[1:]
		}
	}
	missing := idGroups.missing()
	if s.kind != "" && !slices.Contains(kinds, s.kind) {
		missing = append(missing, unknownType(s.kind, kinds))
	}
	return chosen, cli.Joined(missing)
}

// fits reports whether a delivery passes the filters.
func (s *selection) fits(r *receiver.Record, since, before time.Time) bool {
	return (s.kind == "" || r.NotifyType == s.kind) && !r.Time.Before(since) && (before.IsZero() || r.Time.Before(before))
}

// incomplete returns an error if damaged lines of the journal may be missing from the result.
// If ids were given, all of them were found, and nothing is missing.
func (s *selection) incomplete() error {
	if len(s.damaged) == 0 || len(s.ids) > 0 {
		return nil
	}
	return cli.OutcomeError{Code: cli.ExitFailed, Message: fmt.Sprintf("skipped %d lines of the journal that are not records", len(s.damaged)), Remedy: "the others were used; check the lines named above"}
}

// moment parses a time, or a duration before now.
func moment(c *cli.CLI, flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := cli.ParseDays(text); err == nil {
		return c.Now().Add(-ago), nil
	}
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, cli.Usagef("%s %q: not a time", flag, text).WithHint("such as 2026-11-24T09:00:00Z, or 10m for ten minutes ago")
}

// savedMessages reads notifications from files and from folders, in the order of file names. It
// skips hidden files such as .gitattributes.
func savedMessages(c *cli.CLI, paths []string) ([]*receiver.Record, error) {
	var records []*receiver.Record
	for _, path := range paths {
		err := filepath.WalkDir(c.Abs(path), func(name string, entry fs.DirEntry, err error) error {
			switch hidden := strings.HasPrefix(filepath.Base(name), ".") && name != c.Abs(path); {
			case err != nil:
				return err
			case hidden && entry.IsDir():
				return fs.SkipDir
			case hidden || entry.IsDir():
				return nil
			}
			found, err := readSaved(name)
			records = append(records, found...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(records) == 0 {
		return nil, cli.Usagef("no notification in %s", strings.Join(paths, ", "))
	}
	return records, nil
}

func readSaved(name string) ([]*receiver.Record, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var records []*receiver.Record
	for m, err := range intake.Read(file, filepath.Base(name), intake.Defaults{Kind: intake.Notification, Method: http.MethodPost}) {
		switch {
		case err != nil:
			return nil, err
		case m.Kind != intake.Notification:
			return nil, fmt.Errorf("%s is a %s, not a notification", m.Source, m.Kind)
		case m.Target == "":
			return nil, fmt.Errorf("%s: not a complete notification: its URL is not known", m.Source)
		}
		records = append(records, recordOf(m))
	}
	return records, nil
}
