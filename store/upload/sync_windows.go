package upload

// syncDir does nothing: NTFS logs its names and folders cannot be flushed.
func syncDir(string) error { return nil }
