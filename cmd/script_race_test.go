//go:build race

package cmd_test

// memoryFactor is how much more memory the race detector makes of a process.
const memoryFactor = 12
