package receiver_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/antom-cli/antom/internal/receiver"
)

func reopen(t *testing.T, dir string) (*receiver.Journal, *receiver.Found) {
	t.Helper()
	journal, found, err := receiver.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	return journal, found
}

// record is a delivery as the receiver would store it.
func record(payment string, n int) *receiver.Record {
	r := &receiver.Record{Kind: "notification", Method: "POST", URL: notify, Text: new(string(paid(payment, n))), Order: payment, Identity: fmt.Sprintf("%032x", payment+strconv.Itoa(n)), Forward: true}
	r.Summarise()
	return r
}

// TestJournal_concurrent: concurrently appended records get distinct ids and are stored in the
// order of their ids.
func TestJournal_concurrent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	journal, _ := reopen(t, dir)
	var group sync.WaitGroup
	const records = 200
	for i := range records {
		group.Go(func() {
			if err := journal.Append(record("p", i)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	n := 0
	for r, err := range receiver.Records(dir) {
		n++
		if err != nil || r.ID != fmt.Sprintf("n%d", n) {
			t.Fatalf("record %d: %+v, %v", n, r, err)
		}
	}
	if n != records {
		t.Errorf("%d records, want %d", n, records)
	}
}

// TestJournal_restart: numbering continues, duplicates are still recognised, an incomplete last
// line is removed and damaged lines in the middle do no harm.
func TestJournal_restart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, _ := reopen(t, dir)
	for i := range 3 {
		if err := first.Append(record("p", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "journal.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	damaged := slices.Concat(lines[0], []byte("not a record\n{}\n"), lines[1], lines[2], lines[0][:40])
	if err := os.WriteFile(path, damaged, 0o600); err != nil {
		t.Fatal(err)
	}

	second, found := reopen(t, dir)
	if found.Records != 3 || found.Waiting() != 3 || len(found.Notes) != 2 || !strings.Contains(found.Notes[1], "40 bytes") {
		t.Errorf("found %+v", found)
	}
	again, other := record("p", 1), record("p", 7)
	if err := errors.Join(second.Append(again), second.Append(other)); err != nil {
		t.Fatal(err)
	}
	if again.ID != "n4" || again.DuplicateOf != "n2" || other.ID != "n5" || other.DuplicateOf != "" {
		t.Errorf("appended %+v and %+v", again, other)
	}
	broken := 0
	for r, err := range receiver.Records(dir) {
		if err != nil {
			broken++
			damage, ok := errors.AsType[*receiver.DamagedError](err)
			if !ok || damage.Line != 1+broken || !strings.Contains(err.Error(), fmt.Sprintf("journal.jsonl:%d:", 1+broken)) {
				t.Errorf("the damaged line is reported as %v", err)
			}
		} else if len(r.Body()) == 0 {
			t.Errorf("record %+v has no body", r)
		}
	}
	if broken != 2 {
		t.Errorf("%d damaged lines, want 2", broken)
	}
}

// TestJournal_oneWriter: a second writer gets a LockedError with a hint.
func TestJournal_oneWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	reopen(t, dir)
	_, _, err := receiver.OpenJournal(dir)
	if locked, ok := errors.AsType[*receiver.LockedError](err); !ok || locked.Hint() == "" {
		t.Errorf("opened twice: %v", err)
	}
}

// TestRecords_none: without a journal there are no records and no error.
func TestRecords_none(t *testing.T) {
	t.Parallel()
	for r, err := range receiver.Records(filepath.Join(t.TempDir(), "none")) {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestNewRequest: the forwarded request has the received headers and body, except for the
// headers that belong to one connection.
func TestNewRequest(t *testing.T) {
	t.Parallel()
	e := open(t)
	in := delivered(t, notify+"?q=%2F", paid("1", 1))
	in.Header.Set("Connection", "keep-alive")
	in.Header["X-Own"] = []string{"1", "2"}
	e.ServeHTTP(httptest.NewRecorder(), in)
	got := e.records(t)[0]
	for target, want := range map[string]string{
		"http://127.0.0.1:3000":      "http://127.0.0.1:3000" + notify + "?q=%2F",
		"http://127.0.0.1:3000/":     "http://127.0.0.1:3000" + notify + "?q=%2F",
		"http://127.0.0.1:3000/hook": "http://127.0.0.1:3000/hook",
	} {
		out, err := receiver.NewRequest(t.Context(), got, mustParse(t, target))
		if err != nil {
			t.Fatal(err)
		}
		if out.URL.String() != want {
			t.Errorf("%s: sent to %s, want %s", target, out.URL, want)
		}
		for _, name := range []string{"Signature", "Client-Id", "Request-Time", "Content-Type", "X-Own"} {
			if !slices.Equal(out.Header[name], in.Header[name]) {
				t.Errorf("%s: %q, want %q", name, out.Header[name], in.Header[name])
			}
		}
		if out.Header.Get("Connection") != "" || out.Header.Get("User-Agent") != "" {
			t.Errorf("headers = %v", out.Header)
		}
	}
}
