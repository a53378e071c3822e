//go:build !linux

package receiver

import "os"

// datasync waits until the bytes of a file are on the disk.
func datasync(file *os.File) error { return file.Sync() }
