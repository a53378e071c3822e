//go:build unix

package secret

import (
	"fmt"
	"os"
)

// readableByOthers warns of a key file that other users of the machine can read.
func readableByOthers(path string) string {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return ""
	}
	return fmt.Sprintf("private key %s can be read by other users (mode %04o): chmod 600 %s", path, info.Mode().Perm(), path)
}
