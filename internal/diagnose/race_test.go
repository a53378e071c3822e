//go:build race

package diagnose_test

// slowdown is what the race detector makes of a limit of time.
const slowdown = 20
