//go:build !race

package scripts

// memoryFactor is how much more memory the race detector makes of a process.
const memoryFactor = 1
