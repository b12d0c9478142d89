package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by release builds: go build -ldflags "-X main.version=v1.2.3".
var version = ""

// buildInfo is what -o json prints.
type buildInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of the source
	Modified bool   `json:"modified,omitempty"` // the source had changes that are in no revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func readBuildInfo() buildInfo {
	b := buildInfo{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func versionCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Which build this is",
		Example: "  tributary version\n  tributary version -o json",
		Args:    wantArgs(0, 0),
		RunE: func(*cobra.Command, []string) error {
			b := readBuildInfo()
			return p.render(answer{whole: b, items: []buildInfo{b}, print: func(o *printer) {
				o.printf("tributary %s (%s, %s)\n", b.Version, b.Go, b.Platform)
				if b.Revision != "" {
					o.printf("source %s%s\n", b.Revision, map[bool]string{true: ", modified"}[b.Modified])
				}
			}})
		},
	}
	p.outputs(cmd)
	return cmd
}
