package scripts

import "os"

// residentBytes is not known here: the scripts that ask for it have a limit that
// everything keeps.
func residentBytes(*os.ProcessState) int64 { return 0 }
