package emulator

import "os"

// release gives back bbolt's lock on a file by closing it.
func release(file *os.File) { _ = file.Close() }
