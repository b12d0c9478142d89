package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// go test ./cmd/tributary -update writes the golden files and docs/cli.md anew.
var update = flag.Bool("update", false, "write the golden files and docs/cli.md anew")

func TestMain(m *testing.M) {
	if os.Getenv(runAsProgram) != "" {
		main() // see TestKillImportEmbedded
	}
	testscript.Main(m, map[string]func(){"tributary": main})
}

// TestScripts runs the program as a shell does, over the sample and over files of its own.
func TestScripts(t *testing.T) {
	network, err := filepath.Abs("testdata/network")
	if err != nil {
		t.Fatal(err)
	}
	files := sampleFolder(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NETWORK", network)
			e.Setenv("SAMPLE", files)
			e.Setenv("USER", "tester")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exitCodeCommand},
	})
}

// exitCodeCommand is "code N PROGRAM ARGS...": it runs a program that must end with that exit code.
func exitCodeCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARGS...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// ran is what one run of the program did.
type ran struct {
	code     int
	out, err string
}

// tributary runs the program in this process.
func tributary(t *testing.T, args ...string) ran {
	t.Helper()
	return tributaryWith(t, "", nil, args...)
}

func tributaryWith(t testing.TB, in string, env []string, args ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append([]string{"tributary"}, args...), strings.NewReader(in), &out, &errs, env)
	return ran{code, out.String(), errs.String()}
}

// networkStore is a store that holds testdata/network.
func networkStore(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "network.db")
	r := tributary(t, "import", "testdata/network", "--store", path, "--rejects", "")
	if r.code != exitOK {
		t.Fatalf("import: exit code %d\n%s%s", r.code, r.out, r.err)
	}
	return path
}
