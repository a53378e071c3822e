package history

// OpenSized is Open with files of another size.
func OpenSized(dir string, largest int64) *Log { return &Log{dir: dir, largest: largest} }
