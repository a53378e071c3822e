//go:build unix

package secret

import (
	"fmt"
	"os"
)

// readableByOthers returns a warning if other users of the machine can read the file.
func readableByOthers(what, path string) string {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s can be read by other users (mode %04o): chmod 600 %s", what, path, info.Mode().Perm(), path)
}
