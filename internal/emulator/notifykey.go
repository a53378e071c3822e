package emulator

import "github.com/antom-cli/antom/pkg/sign"

// NotifyKey returns the key that the emulator signs notifications with, as Antom
// would with its own. An endpoint knows it by the public key of [Emulator.Profile],
// where it is said when it can be nil.
func (e *Emulator) NotifyKey() *sign.PrivateKey {
	key, _ := e.keys.antom()
	return key
}
