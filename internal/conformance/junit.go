package conformance

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"
)

// JUnit writes findings in the form that CI servers read. Of encoding/xml only
// the escapes are used: its encoder would make half a per cent of the program.
func JUnit(url string, findings []Finding) []byte {
	var cases junit
	var total time.Duration
	failures, skipped := 0, 0
	for _, f := range findings {
		total += f.Elapsed
		cases.open("\n  ", "testcase", "name", f.Check.ID+": "+f.Check.Title, "classname", "antom.notify.check", "time", seconds(f.Elapsed))
		switch f.Status {
		case Failed:
			failures++
			cases.open("\n    ", "failure", "message", f.Detail)
			cases.text("why: " + f.Check.Why + "\nremedy: " + f.Check.Remedy)
			cases.close("", "failure")
		case Unproven:
			skipped++
			cases.open("\n    ", "skipped", "message", f.Detail)
			cases.close("", "skipped")
		}
		cases.close("\n  ", "testcase")
	}
	var suite junit
	suite.open(xml.Header, "testsuite", "name", "antom notify check "+url, "tests", strconv.Itoa(len(findings)),
		"failures", strconv.Itoa(failures), "skipped", strconv.Itoa(skipped), "time", seconds(total))
	suite.Write(cases.Bytes())
	suite.close("\n", "testsuite")
	return append(suite.Bytes(), '\n')
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// junit is XML that is being written.
type junit struct{ bytes.Buffer }

// open begins an element; its attributes are pairs of a name and a value.
func (j *junit) open(indent, element string, attributes ...string) {
	j.WriteString(indent + "<" + element)
	for i := 0; i < len(attributes); i += 2 {
		j.WriteString(" " + attributes[i] + `="`)
		j.text(attributes[i+1])
		j.WriteByte('"')
	}
	j.WriteByte('>')
}

func (j *junit) close(indent, element string) { j.WriteString(indent + "</" + element + ">") }

func (j *junit) text(s string) { _ = xml.EscapeText(j, []byte(s)) } // a buffer takes everything
