package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The command at the end of a report gives the same report, also after the store has moved on.
func TestReportCanBeMadeAgain(t *testing.T) {
	store := networkStore(t)
	for _, format := range []string{"md", "html"} {
		for _, company := range []string{"nvidia", "台积电", "acme-us", "Unheard Of Chemicals", "hitachi-hightech"} {
			first := tributary(t, "report", company, "-o", format, "--store", store)
			if first.code != exitOK || first.out == "" {
				t.Fatalf("%s: exit code %d\n%s", company, first.code, first.err)
			}
			command := reportCommandIn(t, first.out)
			if again := tributary(t, command...); again.out != first.out {
				t.Errorf("%q gives another report:\n%s", command, firstDifference(first.out, again.out))
			}
			more := filepath.Join(t.TempDir(), "more.csv")
			if err := os.WriteFile(more, []byte("supplier,buyer,product\nNew "+format+company+",nvidia,gpu\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if r := tributary(t, "import", more, "--store", store, "--dataset", "more "+format+company, "--rejects", ""); r.code != exitOK {
				t.Fatal(r.err)
			}
			if again := tributary(t, command...); again.out != first.out {
				t.Errorf("%q gives another report once the store has moved on:\n%s", command, firstDifference(first.out, again.out))
			}
		}
	}
}

// reportCommandIn are the arguments of the command that a report names.
func reportCommandIn(t *testing.T, text string) []string {
	t.Helper()
	_, rest, found := strings.Cut(text, "tributary report ")
	if !found {
		t.Fatal("the report names no command")
	}
	line, _, _ := strings.Cut(rest, "\n")
	line, _, _ = strings.Cut(line, "</code>")
	args := []string{"report"}
	line = strings.ReplaceAll(line, "&#39;", "'")
	if quoted, ok := strings.CutPrefix(line, "'"); ok { // the name; there are no other quotes
		name, rest, _ := strings.Cut(quoted, "'")
		args, line = append(args, name), rest
	}
	return append(args, strings.Fields(line)...)
}
