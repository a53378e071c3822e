package paymentcmd

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/buildinfo"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// manifest describes the files of a bundle.
type manifest struct {
	Made             time.Time     `json:"made"`
	Version          string        `json:"antom"`
	PaymentRequestID string        `json:"paymentRequestId,omitempty"`
	PaymentID        string        `json:"paymentId,omitempty"`
	ClientID         string        `json:"clientId,omitempty"`
	Hidden           string        `json:"hidden"`
	Files            []bundledFile `json:"files"`
}

type bundledFile struct {
	Name   string `json:"name"`
	What   string `json:"what"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

const whatIsHidden = "values that are not on a list of harmless fields and headers are replaced by [redacted]; bodyExact tells of each message whether any were"

// bundledMessage is a notification, or the answer to the inquiry, with the content that its
// signature covers.
type bundledMessage struct {
	Kind         string      `json:"kind"`
	Received     time.Time   `json:"received,omitzero"`
	Verdict      string      `json:"verdict"`
	TraceID      string      `json:"traceId,omitempty"`
	Status       int         `json:"httpStatus,omitempty"`
	Method       string      `json:"method"`
	Path         string      `json:"path"`
	Headers      [][2]string `json:"headers"`
	Body         string      `json:"body"`
	BodyExact    bool        `json:"bodyExact"`
	BodyBytes    int         `json:"bodyBytes"`
	BodySHA256   string      `json:"bodySha256"`
	Signed       string      `json:"signedString"` // with the body as it is shown here
	SignedSHA256 string      `json:"signedSha256"` // of the exact one
}

// newBundledMessage redacts a message for the bundle.
func newBundledMessage(kind string, m sign.Message, header http.Header) bundledMessage {
	b := bundledMessage{
		Kind: kind, Method: m.Method, Path: m.Target, Body: redact.JSONBody(m.Body),
		BodyBytes: len(m.Body), BodySHA256: sumOf(m.Body), SignedSHA256: sumOf(m.Content()),
	}
	b.BodyExact = b.Body == string(m.Body)
	shown := m
	shown.Body = []byte(b.Body)
	b.Signed = string(shown.Content())
	for name, values := range header {
		for _, value := range values {
			b.Headers = append(b.Headers, [2]string{strings.ToLower(name), headerShown(name, value)})
		}
	}
	slices.SortFunc(b.Headers, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	return b
}

// headerShown redacts a header. Unlike in logs, the signature is complete: it proves the
// message and is not a secret.
func headerShown(name, value string) string {
	if strings.EqualFold(name, antom.HeaderSignature) {
		return value
	}
	return redact.HeaderValue(name, value)
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// bundle is a ZIP file under construction.
type bundle struct {
	buffer bytes.Buffer
	zip    *zip.Writer
	at     time.Time
	files  []bundledFile
}

func (b *bundle) add(name, what string, content []byte) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.at})
	if err != nil {
		return err
	}
	b.files = append(b.files, bundledFile{name, what, len(content), sumOf(content)})
	_, err = w.Write(content)
	return err
}

func (b *bundle) addJSON(name, what string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return b.add(name, what, append(text, '\n'))
}

// writeBundle makes the bundle in memory and writes it whole, or not at all.
func (o *paymentTimeline) writeBundle(p *output.Printer, k *known) error {
	path := o.c.Abs(o.bundle)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err := o.c.Confirm(fmt.Sprintf("%s exists: replace it?", o.bundle)); err != nil {
			return err
		}
	}
	content, err := o.makeBundle(k)
	if err != nil {
		return fmt.Errorf("make the bundle: %w", err)
	}
	if err := replaceFile(path, content); err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	p.Note("%s: %d bytes, for Antom's support; check it before you send it", o.bundle, len(content))
	return nil
}

func (o *paymentTimeline) makeBundle(k *known) ([]byte, error) {
	b := &bundle{at: o.c.Now().UTC().Truncate(time.Second)}
	b.zip = zip.NewWriter(&b.buffer)
	m := manifest{Made: b.at, Version: buildinfo.Read().Version, PaymentRequestID: k.story.PaymentRequestID, PaymentID: k.story.PaymentID, Hidden: whatIsHidden}
	if k.merchant != nil {
		m.ClientID = k.merchant.Profile.ClientID
	}
	steps := []error{
		b.addJSON("story.json", "the events in order, and what is missing, late or open", k.story),
		b.add("story.md", "the same, to read", []byte(markdown(k.story))),
		b.add("calls.jsonl", "the calls of this machine: ids, results, trace ids", callLines(k)),
	}
	for _, record := range k.records.received {
		steps = append(steps, b.addJSON("notifications/"+record.ID+".json", record.NotifyType+" as received", k.notification(record)))
	}
	if k.answer != nil {
		steps = append(steps, b.addJSON("inquiry.json", "what the gateway answers now (inquiryPayment)", k.inquiry()))
	}
	m.Files = b.files
	steps = append(steps, b.addJSON("manifest.json", "this list", m), b.zip.Close())
	return b.buffer.Bytes(), errors.Join(steps...)
}

func callLines(k *known) []byte {
	var lines []byte
	for _, record := range k.records.sent {
		lines = append(append(lines, cli.Encode(record)...), '\n')
	}
	return lines
}

// notification returns a notification of the journal, verified again if the profile has Antom's
// key.
func (k *known) notification(record *receiver.Record) bundledMessage {
	header := record.Header()
	signed := sign.Message{Method: record.Method, Target: record.URL, ClientID: header.Get(antom.HeaderClientID), Time: header.Get(antom.HeaderRequestTime), Body: record.Body()}
	b := newBundledMessage("notification", signed, header)
	b.Received, b.Verdict = record.Time, "genuine when it was received"
	if k.merchant == nil || k.merchant.AntomKey == nil {
		return b
	}
	if _, err := k.merchant.AntomKey.Verify(signed, header.Get(antom.HeaderSignature)); err != nil {
		b.Verdict += "; with the key of today: " + err.Error()
		return b
	}
	b.Verdict = "genuine"
	return b
}

// inquiry returns the answer of the gateway.
func (k *known) inquiry() bundledMessage {
	r := k.answer
	b := newBundledMessage("response", sign.Message{Method: http.MethodPost, Target: k.target, ClientID: k.merchant.Profile.ClientID, Time: r.Time, Body: r.Body}, r.Header)
	b.Received, b.TraceID, b.Status, b.Verdict = r.Received, r.TraceID, r.StatusCode, "genuine"
	return b
}

// replaceFile writes a file completely before it replaces the old one.
func replaceFile(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".antom-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}
