//go:build race

package scripts

// memoryFactor is how much more memory a process needs with the race detector.
const memoryFactor = 12
