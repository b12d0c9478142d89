package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGolden holds what the commands that ask print, over testdata/network, in each format, and what they say
// when they cannot answer.
func TestGolden(t *testing.T) {
	store := networkStore(t)
	tests := []struct{ name, args string }{
		{"find", "find sam"},
		{"find-all-csv", "find -o csv"},
		{"find-chinese-json", "find 台积电 -o json"},
		{"find-filters", "find --country KR --sector memory --kind company"},
		{"find-none", "find Nvidla"},
		{"find-products", "find --products hbm"},
		{"show", "show 英伟达"},
		{"show-json", "show ticker:XNAS:NVDA -o json"},
		{"suppliers", "suppliers nvidia"},
		{"suppliers-group", "suppliers samsung --group control --depth 1 --stage volume,sampling"},
		{"show-group-json", "show acme-us --group control -o json"},
		{"suppliers-narrow", "suppliers nvidia --width 80"},
		{"suppliers-json", "suppliers nvidia --depth 2 -o json"},
		{"suppliers-csv", "suppliers nvidia --depth 2 -o csv"},
		{"suppliers-ndjson", "suppliers nvidia --depth 1 -o ndjson"},
		{"suppliers-limit", "suppliers nvidia --limit 2"},
		{"suppliers-limit-csv", "suppliers nvidia --limit 1 -o csv"},
		{"suppliers-depth", "suppliers microsoft --depth 1"},
		{"suppliers-product", "suppliers nvidia --product memory --depth 1"},
		{"suppliers-country", "suppliers nvidia --country JP --depth 5"},
		{"suppliers-sampling", "suppliers microsoft --depth 1 --stage volume,sampling"},
		{"suppliers-past", "suppliers tsmc --depth 1 --as-of 2015 --stage ended"},
		{"suppliers-none", "suppliers hitachi-hightech"},
		{"customers", "customers asml"},
		{"customers-json", "customers asml --depth 1 -o json"},
		{"chain", "chain nvidia"},
		{"chain-fold", "chain nvidia --suppliers 3 --customers 2 --visible 2 --fold sector --open -1:equipment --open -2:x"},
		{"chain-sector-json", "chain microsoft --suppliers 3 --visible 1 --fold sector --limit 3 -o json"},
		{"chain-product", "chain nvidia --product memory --country US,JP --suppliers 3 --width 100"},
		{"chain-csv", "chain nvidia --suppliers 1 --fold product --visible 2 -o csv"},
		{"error-chain", "chain nvidia --suppliers 11"},
		{"error-chain-open", "chain nvidia --open JP"},
		{"paths", "paths asml microsoft"},
		{"paths-evidence", "paths asml nvidia --evidence"},
		{"paths-json", "paths sk-hynix microsoft --k 1 --evidence -o json"},
		{"paths-csv", "paths asml nvidia -o csv"},
		{"paths-portfolio", "paths asml --portfolio testdata/portfolio.csv --k 1 --width 140"},
		{"paths-portfolio-csv", "paths sk-hynix --portfolio testdata/portfolio.csv --k 1 --members 1 -o csv"},
		{"paths-none", "paths microsoft asml"},
		{"claims", "claims sk-hynix nvidia"},
		{"claims-denied", "claims samsung nvidia"},
		{"claims-json", "claims supplies~samsung~nvidia~hbm3e -o json"},
		{"claims-csv", "claims sk-hynix nvidia -o csv"},
		{"claims-makes", "claims nvidia gpu"},
		{"chokepoints", "chokepoints nvidia"},
		{"chokepoints-deep", "chokepoints microsoft --kind sole-sources --depth 4 --width 120"},
		{"chokepoints-product", "chokepoints nvidia --product hbm --kind routes"},
		{"chokepoints-json", "chokepoints microsoft --assume complete -o json"},
		{"chokepoints-csv", "chokepoints nvidia -o csv"},
		{"chokepoints-ndjson", "chokepoints microsoft --limit 1 -o ndjson"},
		{"chokepoints-none", "chokepoints hitachi-hightech"},
		{"disrupt", "disrupt --company asml"},
		{"disrupt-product", "disrupt --product memory --capacity 0.3 --days 90 --assume essential"},
		{"disrupt-country", "disrupt --country TW --limit 3 --width 120"},
		{"disrupt-origin", "disrupt --country KR --by origin --undocumented worst"},
		{"disrupt-scenario-json", "disrupt --scenario testdata/scenario.yaml -o json"},
		{"disrupt-csv", "disrupt --company sk-hynix --product hbm -o csv"},
		{"disrupt-ndjson", "disrupt --company sk-hynix --only microsoft -o ndjson"},
		{"disrupt-remedy", "disrupt --scenario testdata/remedy.yaml"},
		{"disrupt-second-source", "disrupt --scenario testdata/second-source.yaml"},
		{"disrupt-demand", "disrupt --demand microsoft --cut 0.2"},
		{"disrupt-demand-scenario", "disrupt --scenario testdata/demand.yaml"},
		{"disrupt-demand-csv", "disrupt --demand microsoft --cut 0.2 --limit 2 -o csv"},
		{"error-disrupt-cut", "disrupt --demand microsoft --cut 1.2"},
		{"error-disrupt-no-cut", "disrupt --demand microsoft"},
		{"error-disrupt", "disrupt"},
		{"error-disrupt-no-scenario", "disrupt --scenario testdata/scenarios.yaml"},
		{"disrupt-no-time", "disrupt --company asml --timeout 1ns"},
		{"error-disrupt-scenario", "disrupt --scenario testdata/scenario-misspelled.yaml"},
		{"error-disrupt-value", "disrupt --scenario testdata/scenario-value.yaml"},
		{"exposure", "exposure nvidia"},
		{"exposure-to", "exposure nvidia --to asml --line gpu --width 140"},
		{"exposure-country", "exposure nvidia --to-country KR --assume complete,essential"},
		{"exposure-countries", "exposure microsoft --over countries"},
		{"exposure-json", "exposure microsoft --limit 2 -o json"},
		{"exposure-csv", "exposure nvidia --sort upper -o csv"},
		{"exposure-portfolio", "exposure --portfolio testdata/portfolio.csv --width 140"},
		{"exposure-portfolio-json", "exposure --portfolio testdata/portfolio.csv --limit 1 -o json"},
		{"exposure-portfolio-csv", "exposure --portfolio testdata/portfolio.csv --over countries -o csv"},
		{"disrupt-portfolio", "disrupt --company asml --portfolio testdata/portfolio.csv --width 140"},
		{"suppliers-portfolio", "suppliers --portfolio testdata/portfolio.csv --depth 2 --width 140"},
		{"suppliers-portfolio-json", "suppliers --portfolio testdata/portfolio.csv --depth 1 --members 1 --limit 1 -o json"},
		{"customers-portfolio-csv", "customers --portfolio testdata/portfolio.csv --depth 1 --members 1 -o csv"},
		{"chokepoints-portfolio", "chokepoints --portfolio testdata/portfolio.csv --width 140"},
		{"alternatives-portfolio", "alternatives --portfolio testdata/portfolio.csv --width 140"},
		{"gaps-portfolio", "gaps --portfolio testdata/portfolio.csv --limit 5 --width 140"},
		{"remedy-portfolio", "remedy --portfolio testdata/portfolio.csv --width 140"},
		{"exposure-portfolio-revenue", "exposure --portfolio testdata/portfolio.csv --side revenue --width 140"},
		{"exposure-portfolio-line", "exposure --portfolio testdata/portfolio.csv --line gpu --width 140"},
		{"exposure-portfolio-evidence", "exposure --portfolio testdata/portfolio.csv --to asml --evidence --members 1 -o json"},
		{"error-exposure-portfolio", "exposure --portfolio testdata/portfolio.csv --line nothing"},
		{"exposure-ndjson", "exposure nvidia --limit 1 -o ndjson"},
		{"exposure-none", "exposure hitachi-hightech"},
		{"exposure-revenue", "exposure asml --side revenue"},
		{"exposure-cut", "exposure nvidia --side revenue --cut 0.2"},
		{"exposure-listed", "exposure microsoft --side revenue --cut 1 --listed-in TW"},
		{"error-exposure-cut", "exposure nvidia --cut 0.2"},
		{"error-exposure-line", "exposure nvidia --line hbm"},
		{"alternatives", "alternatives nvidia"},
		{"alternatives-supplier-json", "alternatives tsmc --product euv --supplier asml -o json"},
		{"alternatives-csv", "alternatives nvidia --product hbm -o csv"},
		{"alternatives-none", "alternatives hitachi-hightech"},
		{"remedy", "remedy nvidia"},
		{"remedy-share", "remedy tsmc --share 0.5 --assume complete,essential --width 120"},
		{"remedy-if-stops-json", "remedy nvidia --product hbm3e --if-stops sk-hynix -o json"},
		{"remedy-scenario", "remedy microsoft --as-scenario 1"},
		{"error-remedy-scenario", "remedy microsoft --as-scenario 100"},
		{"remedy-csv", "remedy microsoft -o csv"},
		{"remedy-country", "remedy nvidia --if-stops country:KR --by origin"},
		{"remedy-none", "remedy hitachi-hightech"},
		{"error-remedy-share", "remedy nvidia --share 1.5"},
		{"error-remedy-if-stops", "remedy nvidia --if-stops asmk"},
		{"gaps", "gaps nvidia --limit 5"},
		{"gaps-assume", "gaps microsoft --assume complete,essential --exposures 3 --width 100"},
		{"gaps-json", "gaps sk-hynix --limit 2 -o json"},
		{"gaps-csv", "gaps tsmc --limit 4 -o csv"},
		{"gaps-none", "gaps hitachi-hightech"},
		{"error-gaps", "gaps nvidia --exposures 1000"},
		{"report", "report nvidia"},
		{"report-end", "report hitachi-hightech"},
		{"report-portfolio", "report --portfolio testdata/portfolio.csv"},
		{"error-report-format", "report nvidia -o pdf"},
		{"changes", "changes nvidia --from 2020"},
		{"changes-import", "changes nvidia --import network --limit 2"},
		{"changes-json", "changes microsoft --from 2015 --to 2025 --limit 1 -o json"},
		{"changes-csv", "changes nvidia --from 2020 -o csv"},
		{"changes-portfolio", "changes --portfolio testdata/portfolio.csv --from 2020 --width 140"},
		{"changes-portfolio-json", "changes --portfolio testdata/portfolio.csv --from 2020 --members 1 --limit 1 -o json"},
		{"changes-none", "changes nvidia --from 2024-12 --to 2024-12"},
		{"error-changes-when", "changes nvidia --from yesterday"},
		{"error-changes-revision", "changes nvidia --from revision:99"},
		{"error-changes-both", "changes nvidia --from 2020 --import network"},
		{"flows", "flows"},
		{"flows-sector-json", "flows --by sector --top 3 --limit 4 -o json"},
		{"flows-csv", "flows --top 2 -o csv"},
		{"error-flows", "flows --top -1"},
		{"flows-relations", "flows --from kr --to US"},
		{"flows-relations-csv", "flows --top 2 --from - --to * --by sector -o csv"},
		{"error-flows-from", "flows --from ZW --to US"},
		{"error-flows-to", "flows --from US"},
		{"loops", "loops"},
		{"loops-json", "loops -o json"},
		{"common-suppliers", "common-suppliers nvidia --min 1"},
		{"common-suppliers-json", "common-suppliers microsoft --depth 4 --min 1 --limit 2 -o json"},
		{"common-suppliers-csv", "common-suppliers nvidia --min 1 -o csv"},
		{"common-suppliers-ndjson", "common-suppliers nvidia --min 1 -o ndjson"},
		{"common-suppliers-none", "common-suppliers nvidia"},
		{"common-suppliers-portfolio", "common-suppliers --portfolio testdata/portfolio.csv"},
		{"common-suppliers-portfolio-lines", "common-suppliers --portfolio testdata/portfolio.txt --depth 2 --width 80"},
		{"common-suppliers-portfolio-json", "common-suppliers --portfolio testdata/portfolio.csv --limit 1 -o json"},
		{"common-suppliers-portfolio-csv", "common-suppliers --portfolio testdata/portfolio.csv -o csv"},
		{"systemic-risk", "systemic-risk"},
		{"systemic-risk-company", "systemic-risk asml --missing-value equal --victims 3"},
		{"systemic-risk-json", "systemic-risk tsmc --eps 0.01 --replaceability off -o json"},
		{"systemic-risk-csv", "systemic-risk --currency EUR -o csv"},
		{"systemic-risk-ndjson", "systemic-risk --limit 1 -o ndjson"},
		{"systemic-risk-none", "systemic-risk --currency JPY"},
		{"error-systemic-risk-eps", "systemic-risk --eps 2"},
		{"concentration", "concentration nvidia"},
		{"concentration-country", "concentration nvidia --by country --width 100"},
		{"concentration-complete", "concentration nvidia --by country --assume complete --product hbm3e -o json"},
		{"concentration-product", "concentration nvidia --by product"},
		{"concentration-tier", "concentration microsoft --by country --tier 2"},
		{"concentration-csv", "concentration nvidia -o csv"},
		{"concentration-ndjson", "concentration nvidia --by country --limit 1 -o ndjson"},
		{"concentration-portfolio", "concentration --portfolio testdata/portfolio.csv --by country"},
		{"concentration-portfolio-json", "concentration --portfolio testdata/portfolio.csv --tier 2 --by country -o json"},
		{"concentration-none", "concentration hitachi-hightech"},
		{"stats", "stats"},
		{"stats-json", "stats -o json"},
		{"check", "check"},
		{"error-ambiguous", "suppliers acme"},
		{"error-no-company", "suppliers Nvidla"},
		{"error-no-product", "suppliers nvidia --product hmb3e"},
		{"error-no-relation", "claims nvidia asml"},
		{"error-other-way", "claims nvidia sk-hynix"},
		{"error-relation-id", "claims nonsense"},
		{"error-same", "paths nvidia 英伟达"},
		{"error-as-of", "suppliers nvidia --as-of yesterday"},
		{"error-stage", "suppliers nvidia --stage massproduction"},
		{"error-depth", "suppliers nvidia --depth 1000"},
		{"error-depth-word", "suppliers nvidia --depth three"},
		{"error-country", "suppliers nvidia --country Taiwan"},
		{"error-format", "suppliers nvidia -o xml"},
		{"error-flag", "suppliers nvidia --dept 2"},
		{"error-no-argument", "suppliers"},
		{"error-two-arguments", "suppliers SK hynix"},
		{"error-portfolio", "common-suppliers nvidia --portfolio testdata/portfolio.csv"},
		{"error-no-portfolio", "common-suppliers --portfolio testdata/portfolo.csv"},
		{"error-empty-portfolio", "concentration --portfolio testdata/portfolio-empty.csv"},
		{"error-concentration-tier", "concentration nvidia --by product --tier 2"},
		{"error-command", "supplier nvidia"},
		{"error-subcommand", "imports undoo"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := strings.Fields(test.args)
			if !strings.HasPrefix(test.args, "error-command") {
				args = append(args, "--store", store)
			}
			env := []string{"USER=tester"}
			if !strings.Contains(test.args, "--as-of") && hasAsOf(args[0]) {
				env = append(env, "TRIBUTARY_AS_OF=2025-03-01")
			}
			r := tributaryWith(t, "", env, args...)
			text := fmt.Sprintf("$ tributary %s\n%s-- stderr\n%s-- exit code %d\n", test.args, r.out, r.err, r.code)
			golden(t, filepath.Join("testdata/golden", test.name+".txt"), uuids.ReplaceAllString(strings.ReplaceAll(text, store, "STORE"), "UUID"))
		})
	}
}

// uuids are those of stores: no two are alike.
var uuids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// hasAsOf reports whether the command knows --as-of.
func hasAsOf(command string) bool {
	c, _, err := newRoot(newProgram("tributary", nil, nil, nil, nil)).Find([]string{command})
	return err == nil && c.Flags().Lookup("as-of") != nil
}

// golden compares text with a file, or writes it.
func golden(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s differs; if that is meant: go test ./cmd/tributary -update\ngot:\n%s\nwant:\n%s", path, text, want)
	}
}
