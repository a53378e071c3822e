package conformance

import (
	"encoding/xml"
	"fmt"
	"time"
)

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string     `xml:"name,attr"`
	Class   string     `xml:"classname,attr"`
	Time    string     `xml:"time,attr"`
	Failure *junitText `xml:"failure"`
	Skipped *junitText `xml:"skipped"`
}

type junitText struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes findings in the form that CI servers read.
func JUnit(url string, findings []Finding) ([]byte, error) {
	suite := junitSuite{Name: "antom notify check " + url, Tests: len(findings)}
	var total time.Duration
	for _, f := range findings {
		c := junitCase{Name: f.Check.ID + ": " + f.Check.Title, Class: "antom.notify.check", Time: seconds(f.Elapsed)}
		total += f.Elapsed
		switch f.Status {
		case Failed:
			suite.Failures++
			c.Failure = &junitText{f.Detail, "why: " + f.Check.Why + "\nremedy: " + f.Check.Remedy}
		case Unproven:
			suite.Skipped++
			c.Skipped = &junitText{Message: f.Detail}
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Time = seconds(total)
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the JUnit report: %w", err)
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
