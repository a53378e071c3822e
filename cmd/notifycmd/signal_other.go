//go:build !unix

package notifycmd

// ignoreFileSizeLimit has nothing to do where there is no such limit.
func ignoreFileSizeLimit() {}
