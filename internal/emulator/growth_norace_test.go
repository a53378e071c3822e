//go:build !race

package emulator_test

// growthCalls is how many calls TestServe_noGrowth makes.
const growthCalls = 100_000
