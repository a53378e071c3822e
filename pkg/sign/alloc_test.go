package sign_test

import (
	"runtime"
	"testing"
)

// TestAllocations compares signing and verifying with crypto/rsa in the same run: apart from
// the allocations of the raw operation, there is only the header's text or the signature
// decoded from it, and little else. It is not parallel because testing.AllocsPerRun requires
// that.
func TestAllocations(t *testing.T) {
	const spare = 2
	m := ofSize(1 << 10)
	private, raw := privateKey(t, "antom"), rsaKey(t)
	public := private.Public()
	header, signature := ownSign(t, private, m), rawSign(t, raw, m)
	tests := []struct {
		name       string
		own, floor func()
	}{
		{"sign", func() { ownSign(t, private, m) }, func() { rawSign(t, raw, m) }},
		{"verify", func() { ownVerify(t, public, m, header) }, func() { rawVerify(t, &raw.PublicKey, m, signature) }},
	}
	for _, test := range tests {
		own, floor := testing.AllocsPerRun(20, test.own), testing.AllocsPerRun(20, test.floor)
		if own > floor+spare {
			t.Errorf("%s allocates %.0f times, crypto/rsa %.0f times: want at most %d more", test.name, own, floor, spare)
		}
	}
}

// TestBodyIsNotCopied checks that signing and verifying a body of 1 MB take far less memory
// than the body. It is not parallel because it counts the allocations of the process.
func TestBodyIsNotCopied(t *testing.T) {
	const most = 8 << 10 // bytes per operation
	m := ofSize(bigBody)
	private := privateKey(t, "antom")
	public := private.Public()
	header := ownSign(t, private, m)
	tests := []struct {
		name string
		run  func()
	}{
		{"sign", func() { ownSign(t, private, m) }},
		{"verify", func() { ownVerify(t, public, m, header) }},
	}
	for _, test := range tests {
		if got := bytesPerRun(10, test.run); got > most {
			t.Errorf("%s takes %d bytes for a body of %d, want at most %d", test.name, got, bigBody, most)
		}
	}
}

// bytesPerRun returns how many bytes f allocates on average.
func bytesPerRun(runs uint64, f func()) uint64 {
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / runs
}
