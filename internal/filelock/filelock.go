// Package filelock lets one process at a time do something, by the operating
// system's lock on a file: it ends with the process, however that ends.
package filelock
