package emulator

import "github.com/antom-cli/antom/pkg/sign"

// NotifyKey returns the key that the emulator signs notifications with, as Antom
// would with its own. An endpoint knows it by the public key of [Emulator.Profile].
func (e *Emulator) NotifyKey() *sign.PrivateKey { return e.keys.antom }
