package emulator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
)

// page is the size of a page of the state file on the platforms of the suite;
// damage at other places of a page is damage too.
const page = 4096

// damages are what befalls a file, beside all its pages in turn.
func damages(whole []byte) map[string][]byte {
	found := map[string][]byte{"garbled": bytes.Clone(whole), "half a page": whole[:len(whole)-page/2], "text": []byte("this is no state")}
	random := rand.New(rand.NewPCG(1, 2))
	for i := 2 * page; i < len(whole); i++ {
		found["garbled"][i] = byte(random.Uint32())
	}
	for at := page; at < len(whole); at += page {
		found[fmt.Sprintf("cut at %d", at)] = whole[:at]
		if at >= 2*page {
			zeroed := bytes.Clone(whole)
			clear(zeroed[at : at+page])
			found[fmt.Sprintf("page %d zeroed", at/page)] = zeroed
		}
	}
	return found
}

// TestDamage: a state file that is damaged is an error that says how to go on, and
// never ends the process: bbolt panics, for some damage in a goroutine of its own.
// Reset makes it a state again.
func TestDamage(t *testing.T) {
	t.Parallel()
	for _, options := range []emulator.Options{{}, {Hold: true}} {
		t.Run(fmt.Sprintf("held %t", options.Hold), func(t *testing.T) {
			t.Parallel()
			whole := usedState(t, options)
			for name, file := range damages(whole) {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					dir := stateFolder(t)
					write := func() {
						if err := os.WriteFile(filepath.Join(dir, "state.db"), file, 0o600); err != nil {
							t.Fatal(err)
						}
					}
					for _, call := range damagedCalls() {
						write()
						e, err := emulator.Open(dir, emulator.Options{Hold: call.hold})
						if err == nil {
							err = errors.Join(call.do(t.Context(), e), e.Close())
						}
						var damaged *emulator.DamagedError
						if err != nil && !errors.As(err, &damaged) {
							t.Errorf("%s: %v, want it to say that the state is damaged", call.name, err)
						}
					}
					write()
					resets(t, dir)
				})
			}
		})
	}
}

// usedState is the file of a state with a few payments.
func usedState(t *testing.T, options emulator.Options) []byte {
	t.Helper()
	p := newPlay(t, options)
	for range 8 {
		prepare(t, p, "session", "pay")
	}
	closeIt(t, p.e)
	whole, err := os.ReadFile(filepath.Join(p.dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

type damagedCall struct {
	name string
	hold bool
	do   func(context.Context, *emulator.Emulator) error
}

func damagedCalls() []damagedCall {
	list := func(ctx context.Context, e *emulator.Emulator) error {
		_, err := e.List(ctx, 100)
		return err
	}
	return []damagedCall{
		{"list", false, list},
		{"hold", true, list},
		{"advance", false, func(ctx context.Context, e *emulator.Emulator) error {
			_, _, err := e.AdvanceClock(ctx, 1)
			return err
		}},
	}
}

// resets wants a state that can be used again.
func resets(t *testing.T, dir string) {
	t.Helper()
	e, err := emulator.Open(dir, emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, err := e.List(t.Context(), 10); err != nil || len(list) > 0 {
		t.Errorf("after the reset: %v, %v", list, err)
	}
	closeIt(t, e)
}
