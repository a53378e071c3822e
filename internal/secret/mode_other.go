//go:build !unix

package secret

// readableByOthers never warns on systems with access lists instead of file modes.
func readableByOthers(string, string) string { return "" }
