//go:build !unix

package cmd

// ignoreFileSizeLimit has nothing to do where there is no such limit.
func ignoreFileSizeLimit() {}
