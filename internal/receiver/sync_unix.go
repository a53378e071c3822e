//go:build unix

package receiver

import "os"

// syncDir waits until the names in a folder are on the disk.
func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
