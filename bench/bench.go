// Package bench compares antom with lower bounds: a program with the same imports that does
// nothing, crypto/rsa alone, net/http alone. Times are compared only within one run. Values
// that are the same in every run (bytes, allocations, connections) are checked by ordinary
// tests. README.md has a command for each.
package bench
