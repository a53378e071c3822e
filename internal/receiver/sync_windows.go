package receiver

// syncDir has nothing to do: Windows writes names with the file.
func syncDir(string) error { return nil }
