package receiver

// syncDir does nothing: Windows writes names together with the file.
func syncDir(string) error { return nil }
