package emulator

import "github.com/antom-cli/antom/pkg/sign"

// NotifyKey returns the key with which the emulator signs notifications, as Antom does with
// its own. An endpoint verifies with the public key of [Emulator.Profile], which documents
// when it can be nil.
func (e *Emulator) NotifyKey() *sign.PrivateKey {
	key, _ := e.keys.antom()
	return key
}
