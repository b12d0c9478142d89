package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestSanctionsGolden holds what the command prints over testdata/sanctions.
func TestSanctionsGolden(t *testing.T) {
	store := filepath.Join(t.TempDir(), "sanctions.db")
	if r := tributary(t, "import", "testdata/sanctions", "--dataset", "example", "--store", store, "-q"); r.code != exitOK {
		t.Fatalf("import: %s%s", r.out, r.err)
	}
	for _, test := range []struct{ name, args string }{
		{"sanctions", "sanctions buyer"},
		{"sanctions-evidence", "sanctions buyer --evidence --status blocked,possibly_blocked --width 120"},
		{"sanctions-json", "sanctions buyer --status blocked -o json"},
		{"sanctions-csv", "sanctions buyer -o csv"},
		{"sanctions-group", "sanctions buyer --group control"},
		{"sanctions-uk", "sanctions buyer --rule testdata/rule-uk.yaml"},
		{"sanctions-before", "sanctions buyer --as-of 2024-04-30"},
		{"sanctions-none", "sanctions smelter --rule eu"},
		{"sanctions-show", "show ivan"},
		{"sanctions-claims", "claims ofac trader"},
		{"sanctions-portfolio", "sanctions --portfolio testdata/sanctions-portfolio.csv"},
		{"sanctions-portfolio-csv", "sanctions --portfolio testdata/sanctions-portfolio.csv --status blocked -o csv"},
		{"sanctions-suspended", "sanctions smelter --rule bis --as-of 2026-01-05"},
		{"error-sanctions-rule-word", "sanctions buyer --rule ofsi"},
		{"error-sanctions-rule", "sanctions buyer --rule testdata/rule.yaml"},
		{"error-sanctions-rule-misspelled", "sanctions buyer --rule testdata/rule-misspelled.yaml"},
		{"error-sanctions-rule-value", "sanctions buyer --rule testdata/rule-value.yaml"},
		{"error-sanctions-rule-open", "sanctions buyer --rule testdata/rule-open.yaml"},
		{"error-sanctions-status", "sanctions buyer --status clear"},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := []string{"USER=tester"}
			if !strings.Contains(test.args, "--as-of") {
				env = append(env, "TRIBUTARY_AS_OF=2025-03-01")
			}
			r := tributaryWith(t, "", env, append(strings.Fields(test.args), "--store", store)...)
			text := fmt.Sprintf("$ tributary %s\n%s-- stderr\n%s-- exit code %d\n", test.args, r.out, r.err, r.code)
			golden(t, filepath.Join("testdata/golden", test.name+".txt"), strings.ReplaceAll(text, store, "STORE"))
		})
	}
}
