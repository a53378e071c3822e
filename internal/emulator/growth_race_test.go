//go:build race

package emulator_test

// growthCalls is how many calls TestServe_noGrowth makes: the race detector makes
// each several times as long, and what grows is found without it.
const growthCalls = 20_000
