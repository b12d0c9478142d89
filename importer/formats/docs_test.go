package formats

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the formats say of themselves into docs/formats.md")

const (
	docsFile  = "../../docs/formats.md"
	docsBegin = "<!-- made by go test ./importer/formats -run TestDocs -update -->\n\n"
	docsEnd   = "<!-- end -->\n"
)

// TestDocs holds docs/formats.md to what the formats say of themselves.
func TestDocs(t *testing.T) {
	stored, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(stored), docsBegin)
	_, after, ok2 := strings.Cut(rest, docsEnd)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the lines between which the formats stand", docsFile)
	}
	var made strings.Builder
	for _, f := range All() {
		made.WriteString(f.Markdown())
		made.WriteString("\n")
	}
	want := before + docsBegin + made.String() + docsEnd + after
	if string(stored) == want {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date; run go test ./importer/formats -run TestDocs -update", docsFile)
	}
	if err := os.WriteFile(docsFile, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}
