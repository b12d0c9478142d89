package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

// revision is the only part of an answer that may differ between stores, because how many batches the same files
// take depends on the store. Here they have the same size, so that cursors, which hold the revision, agree as well.
var revision = regexp.MustCompile(`"revision": ?\d+|revision \d+`)

// The same files in both stores give the same answers to every question, byte for byte, and the same export.
func TestStoresAnswerAlike(t *testing.T) {
	server := storetest.Neo4j(t)
	for _, network := range []struct {
		name    string
		files   func(t *testing.T) string
		asks    []string // companies to ask about
		between [2]string

		portfolio []string
	}{
		{"sample", sampleFolder, []string{"nvidia", "英伟达", "openai"}, [2]string{"asml", "microsoft"}, []string{"Microsoft", "Google", "Meta", "Tesla", "nobody"}},
		{"generated", generatedFolder, []string{"C0000001", "C0000100"}, [2]string{"C0000001", "C0000100"}, []string{"C0000001", "C0000100", "C0000007"}},
	} {
		t.Run(network.name, func(t *testing.T) {
			opts := neo4jstore.Options{User: server.User, Password: server.Password}
			if err := neo4jstore.Wipe(t.Context(), server.URI, opts); err != nil {
				t.Fatal(err)
			}
			folder := network.files(t)
			file := filepath.Join(t.TempDir(), "network.db")
			neo4j := []string{"TRIBUTARY_NEO4J_USER=" + server.User, "TRIBUTARY_NEO4J_PASSWORD=" + server.Password}
			both := func(args ...string) (embedded, served string) {
				t.Helper()
				one := tributaryWith(t, "", nil, append(args, "--store", file)...)
				two := tributaryWith(t, "", neo4j, append(args, "--store", server.URI)...)
				if one.code != two.code {
					t.Fatalf("%v: exit code %d embedded, %d on Neo4j\n%s\n%s", args, one.code, two.code, one.err, two.err)
				}
				neutral := func(text, store string) string { // a report names its store, and the revision in its command
					return uuids.ReplaceAllString(revision.ReplaceAllString(strings.ReplaceAll(text, store, "STORE"), "revision"), "UUID")
				}
				return neutral(one.out, file), neutral(two.out, server.URI)
			}
			both("import", folder, "--dataset", network.name, "--rejects", "", "--batch-size", "2000", "-q")
			members := filepath.Join(t.TempDir(), "portfolio.txt")
			if err := os.WriteFile(members, []byte(strings.Join(network.portfolio, "\n")), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, question := range append(questions(network.asks, network.between), portfolioQuestions(members, network.between[0])...) {
				embedded, served := both(question...)
				if embedded != served {
					t.Errorf("%v:\n%s", question, firstDifference(embedded, served))
				}
				if len(embedded) < 20 && question[0] != "loops" {
					t.Errorf("%v answers only %q", question, embedded)
				}
			}
			embedded, served := both("export", "-o", "ndjson")
			if embedded != served || embedded == "" {
				t.Errorf("export: %s", firstDifference(embedded, served))
			}
		})
	}
}

// stamps are when decisions were made, which differ from one store to the other.
var stamps = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?`)

// bothStores runs a command on the embedded store and on Neo4j, both empty at first, and compares what they say but for
// the store's name, revisions and times. It returns what they say.
func bothStores(t *testing.T) func(in string, code int, args ...string) string {
	t.Helper()
	server := storetest.Neo4j(t)
	opts := neo4jstore.Options{User: server.User, Password: server.Password}
	if err := neo4jstore.Wipe(t.Context(), server.URI, opts); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "network.db")
	neo4j := []string{"TRIBUTARY_NEO4J_USER=" + server.User, "TRIBUTARY_NEO4J_PASSWORD=" + server.Password, "USER=tester"}
	return func(in string, code int, args ...string) string {
		t.Helper()
		one := tributaryWith(t, in, neo4j, append(args, "--store", file)...)
		two := tributaryWith(t, in, neo4j, append(args, "--store", server.URI)...)
		if one.code != code || two.code != code {
			t.Fatalf("%v: exit code %d embedded, %d on Neo4j, want %d\n%s\n%s", args, one.code, two.code, code, one.err, two.err)
		}
		neutral := func(text, store string) string {
			return stamps.ReplaceAllString(revision.ReplaceAllString(strings.ReplaceAll(text, store, "STORE"), "revision"), "STAMP")
		}
		embedded, served := neutral(one.out+one.err, file), neutral(two.out+two.err, server.URI)
		if embedded != served {
			t.Errorf("%v:\n%s", args, firstDifference(embedded, served))
		}
		return embedded
	}
}

// The same names in both stores give the same merges and reviews with the same ids, which are decided and taken back
// alike.
func TestStoresReviewAlike(t *testing.T) {
	both := bothStores(t)
	const files = "id,name,country,lei\np-jp,松下,JP,\np-cn,松下,CN,\nacme-1,Acme,DE,529900T8BM49AURSDO55\nacme-2,Acme Werke,DE,529900T8BM49AURSDO55\n"
	both(files, exitOK, "import", "-", "--dataset", "companies", "-q")
	both("supplier,buyer,product\n松下,Tesla,电池\n", exitOK, "import", "-", "--dataset", "relations", "-q")
	both("", exitOK, "resolve", "--dry-run", "-o", "json", "-q")
	if text := both("", exitOK, "resolve", "-o", "json", "-q"); !strings.Contains(text, `"merged": 1`) || !strings.Contains(text, `"reviews": 2`) {
		t.Errorf("resolve: %s", text)
	}
	both("skip\nundo\nreject\nundo\nquit\n", exitOK, "review")
	both("", exitOK, "review", "list", "--status", "all", "-o", "json")
	both("accept\n", exitOK, "review", "--by", "anna")
	if text := both("", exitOK, "review", "list", "--status", "all", "-o", "csv"); !strings.Contains(text, "same,anna") || !strings.Contains(text, "settled") {
		t.Errorf("reviews: %s", text)
	}
	both("", exitOK, "merge", "--different", "acme-1", "Tesla")
	both("", exitOK, "resolve", "undo", "-o", "json")
	both("", exitNotFound, "resolve", "undo")
	both("", exitOK, "resolve", "runs", "-o", "json")
	both("", exitOK, "resolve", "-o", "ndjson", "-q")
	if text := both("", exitOK, "export", "-o", "ndjson"); !strings.Contains(text, `"same":"false"`) || !strings.Contains(text, `"canonical":"p-cn","same":"true"`) {
		t.Errorf("export: %s", text)
	}
}

// TestStoresConvertAlike imports files in other shapes into both stores: known formats, a mapping, a workbook of sites.
func TestStoresConvertAlike(t *testing.T) {
	both := bothStores(t)
	const formats, mappings = "../../importer/formats/testdata/", "../../importer/mapping/testdata/"
	for _, x := range []struct {
		file string
		code int
	}{{"gleif-lei.csv", exitPartial}, {"gleif-rr.csv", exitOK}, {"entities.ftm.json", exitPartial}, {"targets.simple.csv", exitOK}} {
		both("", x.code, "import", formats+x.file, "--rejects", "", "-o", "json", "-q")
	}
	both("", exitPartial, "import", mappings+"chain.csv", "--mapping", mappings+"chain.yaml", "--rejects", "", "-o", "json", "-q")
	both("country,name,address,sector,lat,lng\nTAIWAN,Fab One,\"1, Science Road, Hsinchu\",Chips,24.78,121.0\n", exitOK, "import", "-", "--dataset", "sites", "-q")
	if text := both("", exitOK, "sites", "--near", "24.8,121.0,100km", "-o", "json"); !strings.Contains(text, "Fab One") {
		t.Errorf("sites: %s", text)
	}
	if text := both("", exitOK, "export", "-o", "ndjson"); !strings.Contains(text, "动力电池") {
		t.Errorf("export: %s", text)
	}
}

// questions is every command that asks, in every form of output that a program may read.
func questions(companies []string, between [2]string) [][]string {
	list := [][]string{
		{"stats"}, {"stats", "--group", "control"}, {"loops"}, {"loops", "--group", "control"}, {"flows"}, {"flows", "--by", "sector", "--top", "5", "--group", "control"}, {"flows", "--from", "*", "--to", "*", "--top", "1", "--limit", "200"}, {"systemic-risk"}, {"systemic-risk", "--missing-value", "equal", "--production", "essential", "--victims", "2", "--limit", "20"}, {"disrupt", "--country", "TW", "--limit", "0"}, {"disrupt", "--country", "TW", "--by", "origin", "--undocumented", "worst", "--limit", "100"}, {"find", ""}, {"find", "co"}, {"find", "industr"},
		{"sites"}, {"sites", "--near", "23.1,120.3,300km"}, {"disrupt", "--near", "24,121,300km", "--limit", "0"}, {"disrupt", "--country", "TW", "--by", "site", "--limit", "20"},
		{"paths", between[0], between[1], "--k", "5"}, {"paths", between[0], between[1], "--k", "3", "--as-of", "any"},
	}
	for _, c := range companies {
		list = append(list,
			[]string{"find", c}, []string{"show", c},
			[]string{"suppliers", c}, []string{"suppliers", c, "--depth", "6", "--limit", "50"}, []string{"suppliers", c, "--as-of", "any", "--depth", "2"},
			[]string{"suppliers", c, "--as-of", "2023", "--min-confidence", "0.7"},
			[]string{"chain", c, "--suppliers", "3"}, []string{"chain", c, "--suppliers", "4", "--customers", "3", "--visible", "6", "--fold", "product", "--open", "-2:*", "--group", "control"},
			[]string{"changes", c, "--from", "2021-12-31", "--to", "2025-06-30"}, []string{"changes", c, "--from", "revision:0", "--limit", "30"},
			[]string{"exposure", c, "--limit", "30"}, []string{"exposure", c, "--over", "countries", "--limit", "5"},
			[]string{"exposure", c, "--side", "revenue", "--limit", "30"}, []string{"exposure", c, "--side", "revenue", "--cut", "0.2", "--limit", "30"},
			[]string{"gaps", c, "--candidates", "60", "--limit", "30"},
			[]string{"chokepoints", c, "--limit", "0"}, []string{"chokepoints", c, "--depth", "3", "--limit", "200", "--assume", "complete"},
			[]string{"disrupt", "--company", c, "--limit", "0"}, []string{"disrupt", "--company", c, "--capacity", "0.4", "--assume", "complete,essential", "--sort", "upper", "--limit", "50"},
			[]string{"alternatives", c}, []string{"remedy", c, "--limit", "40"}, []string{"remedy", c, "--if-stops", "country:TW", "--assume", "complete", "--limit", "20"},
			[]string{"sanctions", c, "--limit", "0"}, []string{"sanctions", c, "--rule", "bis", "--evidence"},
			[]string{"common-suppliers", c}, []string{"common-suppliers", c, "--depth", "6", "--min", "3", "--limit", "50"},
			[]string{"concentration", c}, []string{"concentration", c, "--by", "country", "--country-by", "origin", "--assume", "complete"},
			[]string{"concentration", c, "--by", "country", "--tier", "3"},
			[]string{"show", c, "--group", "control"}, []string{"suppliers", c, "--group", "control", "--control-threshold", "0.2", "--limit", "100"}, []string{"chokepoints", c, "--group", "control", "--limit", "50"},
			[]string{"disrupt", "--company", c, "--group", "control", "--limit", "50"}, []string{"concentration", c, "--group", "control"},
			[]string{"suppliers", c, "--near", "24,121,300km"}, []string{"customers", c, "--depth", "4"})
	}
	var out [][]string
	for _, q := range list {
		out = append(out, append(q, "-o", "json"))
	}
	for _, c := range companies {
		out = append(out, []string{"report", c, "--as-of", "2025-06-30"})
	}
	for _, q := range list {
		if (q[0] == "suppliers" || q[0] == "customers" || q[0] == "chain") && q[1] == companies[len(companies)-1] {
			out = append(out, append(q[:len(q):len(q)], "-o", "csv"))
		}
	}
	return out
}

// portfolioQuestions is every command that asks of a portfolio.
func portfolioQuestions(file, from string) [][]string {
	list := [][]string{{"report", "--portfolio", file, "--as-of", "2025-06-30"}, {"disrupt", "--country", "TW", "--portfolio", file, "-o", "json"},
		{"suppliers", "--portfolio", file, "-o", "json"}, {"customers", "--portfolio", file, "--depth", "2", "-o", "csv"}, {"chokepoints", "--portfolio", file, "-o", "json"},
		{"alternatives", "--portfolio", file, "--limit", "50", "-o", "json"}, {"gaps", "--portfolio", file, "--candidates", "20", "-o", "json"}, {"remedy", "--portfolio", file, "--limit", "30", "-o", "json"},
		{"exposure", "--portfolio", file, "-o", "json"}, {"exposure", "--portfolio", file, "--over", "countries", "-o", "csv"}, {"exposure", "--portfolio", file, "--side", "revenue", "-o", "json"},
		{"common-suppliers", "--portfolio", file, "--min", "3", "-o", "json"}, {"common-suppliers", "--portfolio", file, "--depth", "5", "--limit", "50", "-o", "csv"},
		{"concentration", "--portfolio", file, "--by", "country", "-o", "json"}, {"concentration", "--portfolio", file, "--by", "country", "--tier", "2", "-o", "csv"},
		{"sanctions", "--portfolio", file, "--rule", "bis", "-o", "json"}, {"changes", "--portfolio", file, "--from", "2021", "--to", "2025-06-30", "--solve", "3", "-o", "json"}}
	return append(list, []string{"paths", from, "--portfolio", file, "--k", "2", "--evidence", "-o", "json"})
}

func sampleFolder(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../importer/sample")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() // only the data files, as a user would have them
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample files: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func generatedFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "generated")
	if r := tributary(t, "generate", dir, "--companies", "1000", "--relations", "8000", "--seed", "7", "-q"); r.code != exitOK {
		t.Fatalf("generate: %s%s", r.out, r.err)
	}
	return dir
}

// firstDifference is the first line that differs, on both sides.
func firstDifference(a, b string) string {
	la, lb := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(la), len(lb)) {
		if la[i] != lb[i] {
			return fmt.Sprintf("line %d\nembedded %s\nNeo4j    %s", i+1, la[i], lb[i])
		}
	}
	return fmt.Sprintf("%d lines embedded, %d on Neo4j", len(la), len(lb))
}
