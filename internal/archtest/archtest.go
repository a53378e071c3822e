// Package archtest keeps the shape of the program: who may import whom, what
// may stand at package level, how long things may get. It holds nothing but
// tests; a failure names the path that broke the rule.
package archtest
