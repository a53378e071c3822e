// Package buildinfo tells which build of antom this is.
package buildinfo

import (
	"cmp"
	"runtime/debug"
)

// Set by the release build with -ldflags -X; nothing else writes them.
var (
	version string
	commit  string
	date    string
)

// Info describes the build.
type Info struct{ Version, Commit, Date, Go string }

// Read returns what the release build or, without one, the Go tool recorded.
func Read() Info {
	info := Info{Version: version, Commit: commit, Date: date}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	info.Go = build.GoVersion
	info.Version = cmp.Or(info.Version, build.Main.Version, "(devel)")
	for _, setting := range build.Settings {
		switch setting.Key {
		case "vcs.revision":
			info.Commit = cmp.Or(info.Commit, setting.Value)
		case "vcs.time":
			info.Date = cmp.Or(info.Date, setting.Value)
		}
	}
	return info
}
