package profile

import (
	"path/filepath"
	"strings"
)

// ConfigPath returns the location of the configuration file on a platform, or "" if it can't be
// derived from the environment.
func ConfigPath(getenv func(string) string, goos string) string {
	return below(configDir(getenv, goos), "config.yaml")
}

func configDir(getenv func(string) string, goos string) string {
	switch {
	case getenv("ANTOM_CONFIG_DIR") != "":
		return getenv("ANTOM_CONFIG_DIR")
	case goos == "windows":
		return below(getenv("AppData"), "antom")
	case goos == "darwin":
		return below(getenv("HOME"), "Library", "Application Support", "antom")
	case getenv("XDG_CONFIG_HOME") != "":
		return filepath.Join(getenv("XDG_CONFIG_HOME"), "antom")
	}
	return below(getenv("HOME"), ".config", "antom")
}

// StateDir returns the state folder, which holds the history and the emulator's data, or "" if
// it can't be derived from the environment.
func StateDir(getenv func(string) string, goos string) string {
	switch {
	case getenv("ANTOM_STATE_DIR") != "":
		return getenv("ANTOM_STATE_DIR")
	case goos == "windows":
		return below(getenv("LocalAppData"), "antom")
	case goos == "darwin":
		return below(getenv("HOME"), "Library", "Application Support", "antom")
	case getenv("XDG_STATE_HOME") != "":
		return filepath.Join(getenv("XDG_STATE_HOME"), "antom")
	}
	return below(getenv("HOME"), ".local", "state", "antom")
}

// below joins a path below a folder; it returns "" if the folder is "".
func below(dir string, parts ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

// ExpandHome replaces a leading ~ with the home folder.
func ExpandHome(path, home string) string {
	if path == "~" || strings.HasPrefix(path, "~/") || strings.HasPrefix(path, `~\`) {
		return filepath.Join(home, path[1:])
	}
	return path
}

// resolve makes a path absolute: ~ is the home folder, and a relative path is relative to dir.
func resolve(path, home, dir string) string {
	path = ExpandHome(path, home)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
