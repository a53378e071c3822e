//go:build !unix

package notifycmd

// ignoreFileSizeLimit does nothing on systems without such a limit.
func ignoreFileSizeLimit() {}
