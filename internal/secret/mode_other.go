//go:build !unix

package secret

// readableByOthers is silent where files have access lists in place of modes.
func readableByOthers(string, string) string { return "" }
