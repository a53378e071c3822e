// Package bench compares antom with its floor: a program that imports the same
// and does nothing, crypto/rsa alone, net/http alone. Times are only ever
// compared within one run; what is the same in every run (bytes, allocations,
// connections) is held by ordinary tests. README.md has a command for each.
package bench
