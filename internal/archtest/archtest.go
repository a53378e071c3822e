// Package archtest checks the structure of the program: which packages may import which, what
// is allowed at package level, and how large things may be. It only has tests. A failure names
// the place that breaks the rule.
package archtest
