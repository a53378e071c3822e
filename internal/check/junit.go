package check

import (
	"encoding/xml"
	"fmt"
	"time"
)

// suite is a JUnit report: the elements and attributes that CI servers read.
type suite struct {
	XMLName  xml.Name `xml:"testsuite"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Time     seconds  `xml:"time,attr"`
	Cases    []testCase
}

type testCase struct {
	XMLName   xml.Name `xml:"testcase"`
	Name      string   `xml:"name,attr"`
	ClassName string   `xml:"classname,attr"`
	Time      seconds  `xml:"time,attr"`
	Failure   *note    `xml:"failure"`
	Skipped   *note    `xml:"skipped"`
	Output    string   `xml:"system-out,omitempty"`
}

type note struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// seconds is a duration as JUnit writes it.
type seconds time.Duration

// MarshalText writes seconds with three decimals.
func (s seconds) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%.3f", time.Duration(s).Seconds()), nil
}

// JUnit writes findings in the form that CI servers read: a test suite with a
// name, and one test case in class for each finding. Skipped and unproven checks
// are skipped tests. A warning is a passed test with a note in its output.
func JUnit(name, class string, findings []Finding) ([]byte, error) {
	s := suite{Name: name, Tests: len(findings)}
	var total time.Duration
	for _, f := range findings {
		total += f.Elapsed
		c := testCase{Name: f.Check.ID + ": " + f.Check.Title, ClassName: class, Time: seconds(f.Elapsed)}
		advice := "why: " + f.Check.Why + "\nremedy: " + f.Check.Remedy
		switch f.Status {
		case Failed:
			s.Failures++
			c.Failure = &note{Message: f.Detail, Text: advice}
		case Unproven, Skipped:
			s.Skipped++
			c.Skipped = &note{Message: f.Detail}
		case Warning:
			c.Output = "warning: " + f.Detail + "\n" + advice
		}
		s.Cases = append(s.Cases, c)
	}
	s.Time = seconds(total)
	text, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write JUnit: %w", err)
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}
