package scripts

import "os"

// residentBytes is not available here. It returns 0, so every memory limit is met.
func residentBytes(*os.ProcessState) int64 { return 0 }
