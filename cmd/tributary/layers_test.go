package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tributarygraph/tributary"

// layers are the packages of this project that each of its packages may import: the table of
// docs/architecture.md. Tests may import more.
var layers = map[string][]string{
	"graph":             {},
	"graph/sqlitestore": {"graph"},
	"graph/neo4jstore":  {"graph"},
	"graph/storetest":   {"graph"},
	"importer":          {"graph", "importer/formats", "importer/mapping", "importer/records", "importer/resolve"},
	"importer/records":  {"graph"},
	"importer/formats":  {"graph", "importer/mapping", "importer/records", "importer/resolve"},
	"importer/resolve":  {"graph"},
	"importer/review":   {"graph", "importer/resolve"},
	"importer/mapping":  {"graph", "importer/records"},
	"importer/generate": {"graph"},
	"importer/sample":   {},
	"queries":           {"graph", "queries/internal/dominators", "queries/internal/esri", "queries/internal/hhi", "queries/internal/loss", "queries/internal/ownership", "queries/internal/pathsum", "queries/internal/reach"},
	"queries/httpapi":   {"graph", "queries", "queries/report", "importer", "importer/formats", "importer/mapping", "importer/records", "importer/resolve", "importer/review"},
	"queries/report":    {"graph", "queries"},
	"queries/explorer":  {},

	// Algorithms over plain arrays.
	"queries/internal/dominators": {},
	"queries/internal/esri":       {},
	"queries/internal/hhi":        {},
	"queries/internal/loss":       {"queries/internal/reach"},
	"queries/internal/ownership":  {"queries/internal/loss", "queries/internal/pathsum"},
	"queries/internal/pathsum":    {"queries/internal/loss", "queries/internal/reach"},
	"queries/internal/reach":      {},

	// Networks drawn in text, for tests.
	"queries/internal/drawn": {"graph", "graph/sqlitestore"},
}

// owners are the only packages that may import a library, by the beginning of its path.
var owners = map[string][]string{
	"github.com/neo4j/neo4j-go-driver": {"graph/neo4jstore", "graph/storetest"},
	"zombiezen.com/go/sqlite":          {"graph/sqlitestore"},
	"github.com/gin-gonic/gin":         {"queries/httpapi"},
	"github.com/xuri/excelize":         {"importer"},
	"github.com/parquet-go/parquet-go": {"importer"},
}

func TestLayers(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		name := strings.TrimPrefix(names[0], module+"/")
		allowed, layered := layers[name]
		if !layered && !strings.HasPrefix(name, "cmd/") && !strings.HasPrefix(name, "scripts") {
			t.Errorf("%s has no place among the layers; see docs/architecture.md", name)
		}
		for _, imported := range names[1:] {
			if own, ok := strings.CutPrefix(imported, module+"/"); ok && layered && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s; it may import %v", name, own, allowed)
			}
			for library, by := range owners {
				if strings.HasPrefix(imported, library) && !slices.Contains(by, name) {
					t.Errorf("%s imports %s; only %v may", name, imported, by)
				}
			}
		}
	}
}
