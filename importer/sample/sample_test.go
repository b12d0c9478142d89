package sample_test

import (
	"cmp"
	"encoding/csv"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/sample"
)

// layout says what a file of the sample holds and which of its columns are no fields but parts of the key.
type layout struct {
	kind graph.Kind
	ends [2]string // the columns of the two ends; of a node, only the first
}

var layouts = map[string]layout{
	"companies":  {graph.KindCompany, [2]string{"id"}},
	"products":   {graph.KindProduct, [2]string{"id"}},
	"sources":    {graph.KindSource, [2]string{"id"}},
	"sites":      {graph.KindSite, [2]string{"id"}},
	"supplies":   {graph.KindSupplies, [2]string{"supplier", "buyer"}},
	"owns":       {graph.KindOwns, [2]string{"owner", "owned"}},
	"makes":      {graph.KindMakes, [2]string{"maker", "product"}},
	"input_of":   {graph.KindInputOf, [2]string{"input", "product"}},
	"associated": {graph.KindAssociated, [2]string{"a", "b"}},
	"listings":   {graph.KindLists, [2]string{"authority", "listed"}},
}

// attributes are the columns that are kept as they are.
var attributes = []string{"note"}

// table is one file of the sample.
type table struct {
	layout
	name   string
	header []string
	rows   []row
}

// row is one record by column, with the key that the import will give it.
type row struct {
	line  int
	cells map[string]string
	key   graph.Key
}

func read(t *testing.T) map[string]table {
	t.Helper()
	names, err := fs.Glob(sample.FS(), "*")
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]table{}
	for _, name := range names {
		stem := strings.TrimSuffix(path.Base(name), ".csv")
		l, known := layouts[stem]
		if !known {
			t.Fatalf("%s: no kind of record is known by that name", name)
		}
		tables[stem] = readTable(t, name, l)
	}
	if missing := len(layouts) - len(tables); missing != 0 {
		t.Fatalf("%d of %d files are missing", missing, len(layouts))
	}
	return tables
}

func readTable(t *testing.T, name string, l layout) table {
	t.Helper()
	f, err := sample.FS().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := table{layout: l, name: name, header: records[0]}
	for i, record := range records[1:] {
		cells := map[string]string{}
		for j, cell := range record {
			cells[out.header[j]] = cell
		}
		out.rows = append(out.rows, row{line: i + 2, cells: cells, key: keyOf(t, name, i+2, l, cells)})
	}
	return out
}

func keyOf(t *testing.T, name string, line int, l layout, cells map[string]string) graph.Key {
	t.Helper()
	period, err := graph.ParsePeriod(cells["period"])
	if err != nil {
		t.Errorf("%s:%d: %v", name, line, err)
	}
	from, err := graph.ParseDate(cells["valid_from"])
	if err != nil {
		t.Errorf("%s:%d: %v", name, line, err)
	}
	key := graph.Key{Source: cells["source"], AssertedBy: cells["asserted_by"], Period: period, ValidFrom: from}
	key.RelationKey = graph.RelationKey{Kind: l.kind, From: cells[l.ends[0]], To: cells[l.ends[1]]}
	if l.kind == graph.KindSupplies {
		key.Product = cells["product"]
	}
	return key
}

// ids are the ids of the nodes of one file.
func ids(nodes table) map[string]bool {
	out := map[string]bool{}
	for _, r := range nodes.rows {
		out[r.cells["id"]] = true
	}
	return out
}

func TestCellsAreValid(t *testing.T) {
	for _, file := range read(t) {
		keyColumns := []string{file.ends[0], file.ends[1]}
		if file.kind.IsRelation() || file.kind == graph.KindSite {
			keyColumns = append(keyColumns, "source", "asserted_by", "period", "valid_from")
		}
		if file.kind == graph.KindSupplies {
			keyColumns = append(keyColumns, "product")
		}
		for _, column := range file.header {
			field, isField := graph.FieldByName(file.kind, column)
			if !isField && !slices.Contains(keyColumns, column) && !slices.Contains(attributes, column) {
				t.Errorf("%s: column %q is no column of %s", file.name, column, file.kind)
			}
			used := false
			for _, r := range file.rows {
				cell := r.cells[column]
				used = used || cell != ""
				if cell != graph.Clean(cell) {
					t.Errorf("%s:%d: %s %q has stray white space or control characters", file.name, r.line, column, cell)
				}
				if !isField {
					continue
				}
				if f, err := graph.ParseField(field, cell); err != nil {
					t.Errorf("%s:%d: %v", file.name, r.line, err)
				} else if f.Value() != cell && field.Spec().Type != graph.TypeDate { // a month stays a month here
					t.Errorf("%s:%d: %s %q is written %q", file.name, r.line, column, cell, f.Value())
				}
			}
			if !used {
				t.Errorf("%s: no row uses the column %q", file.name, column)
			}
		}
	}
}

func TestReferencesResolve(t *testing.T) {
	tables := read(t)
	companies, products, sources, sites := ids(tables["companies"]), ids(tables["products"]), ids(tables["sources"]), ids(tables["sites"])
	known := map[graph.Kind]map[string]bool{graph.KindCompany: companies, graph.KindProduct: products}
	used := map[string]bool{}
	for _, file := range tables {
		if !file.kind.IsRelation() {
			continue
		}
		from, to := file.kind.Ends()
		for _, r := range file.rows {
			if !known[from][r.key.From] || !known[to][r.key.To] {
				t.Errorf("%s:%d: %s or %s is not listed", file.name, r.line, r.key.From, r.key.To)
			}
			for _, product := range []string{r.key.Product, r.cells["used_in"]} {
				if product != "" && !products[product] {
					t.Errorf("%s:%d: product %q is not listed", file.name, r.line, product)
				}
				used["product "+product] = true
			}
			if !sources[r.key.Source] {
				t.Errorf("%s:%d: source %q is not listed", file.name, r.line, r.key.Source)
			}
			for _, site := range graph.SplitList(r.cells["site"]) {
				if !sites[site] {
					t.Errorf("%s:%d: site %q is not listed", file.name, r.line, site)
				}
			}
			used["source "+r.key.Source] = true
			used[from.String()+" "+r.key.From] = true
			used[to.String()+" "+r.key.To] = true
		}
	}
	for _, r := range tables["sites"].rows {
		if operator := r.cells["operator"]; !companies[operator] || !sources[r.key.Source] {
			t.Errorf("sites:%d: operator %q or source %q is not listed", r.line, operator, r.key.Source)
		}
		used["source "+r.key.Source] = true
	}
	for _, r := range tables["products"].rows {
		parent := r.cells["parent"]
		if parent != "" && !products[parent] {
			t.Errorf("products:%d: parent %q is not listed", r.line, parent)
		}
		used["product "+parent] = true
	}
	for kind, nodes := range map[string]map[string]bool{"company": companies, "product": products, "source": sources} {
		for id := range nodes {
			if !used[kind+" "+id] {
				t.Errorf("no row uses the %s %s", kind, id)
			}
		}
	}
}

func TestProductsFormATree(t *testing.T) {
	parents := map[string]string{}
	for _, r := range read(t)["products"].rows {
		parents[r.cells["id"]] = r.cells["parent"]
	}
	for id := range parents {
		steps := 0
		for p := parents[id]; p != ""; p = parents[p] {
			if steps++; steps > len(parents) {
				t.Fatalf("%s is its own ancestor", id)
			}
		}
	}
}

// TestNamesAreUnambiguous makes sure that a user who names a company or product of the sample means one.
func TestNamesAreUnambiguous(t *testing.T) {
	tables := read(t)
	for _, stem := range []string{"companies", "products", "sites"} {
		owners := map[string]string{}
		for _, r := range tables[stem].rows {
			id := r.cells["id"]
			for _, name := range append(graph.SplitList(r.cells["aliases"]), r.cells["name"], id) {
				normal := graph.NormalizeName(name)
				if other := owners[normal]; other != "" && other != id {
					t.Errorf("%s: %q means both %s and %s", stem, name, other, id)
				}
				owners[normal] = id
			}
		}
	}
}

// TestRowsAreSorted keeps each file in one order, each statement in it once.
func TestRowsAreSorted(t *testing.T) {
	for _, file := range read(t) {
		for i, r := range file.rows[1:] {
			before := file.rows[i].key
			switch c := cmp.Or(orderOf(before, r.key), strings.Compare(string(before.Period), string(r.key.Period)), cmp.Compare(before.ValidFrom, r.key.ValidFrom)); {
			case c == 0:
				t.Errorf("%s:%d: the same statement as the line before", file.name, r.line)
			case c > 0:
				t.Errorf("%s:%d: not in order: ends, product, source, asserted_by, period, valid_from", file.name, r.line)
			}
		}
	}
}

func orderOf(a, b graph.Key) int {
	return cmp.Or(a.RelationKey.Compare(b.RelationKey), strings.Compare(a.Source, b.Source), strings.Compare(a.AssertedBy, b.AssertedBy))
}

func TestEveryRelationHasEvidence(t *testing.T) {
	for _, file := range read(t) {
		if !file.kind.IsRelation() {
			continue
		}
		for _, r := range file.rows {
			quote, locator := r.cells["quote"], r.cells["locator"]
			if r.key.Source == "" || quote == "" && locator == "" {
				t.Errorf("%s:%d: no source, or neither quote nor locator", file.name, r.line)
			}
			if n := utf8.RuneCountInString(quote); n > 200 {
				t.Errorf("%s:%d: a quote of %d characters: cite at most 200", file.name, r.line, n)
			}
			if r.cells["basis"] == "" || r.cells["confidence"] == "" {
				t.Errorf("%s:%d: no basis or no confidence", file.name, r.line)
			}
			if r.cells["basis"] == "hearsay" {
				if c, err := graph.ParseField(graph.FieldConfidence, r.cells["confidence"]); err != nil || c.Number > 0.6 {
					t.Errorf("%s:%d: hearsay with confidence %s", file.name, r.line, r.cells["confidence"])
				}
			}
			from := r.key.ValidFrom
			if to, err := graph.ParseDate(r.cells["valid_to"]); err != nil || to != graph.NoDate && to <= from {
				t.Errorf("%s:%d: valid_to %q is not after valid_from", file.name, r.line, r.cells["valid_to"])
			}
		}
	}
}

func TestSourcesAreComplete(t *testing.T) {
	const withoutAddress = "suanli-2024-05-11" // the article came as text
	addresses := map[string]string{}
	for _, r := range read(t)["sources"].rows {
		id, address := r.cells["id"], r.cells["url"]
		for _, column := range []string{"title", "publisher", "language", "accessed"} {
			if r.cells[column] == "" {
				t.Errorf("%s: no %s", id, column)
			}
		}
		if id == withoutAddress {
			continue
		}
		if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: address %q", id, address)
		}
		if other := addresses[address]; other != "" {
			t.Errorf("%s and %s are one page", id, other)
		}
		addresses[address] = id
	}
}

// TestSize holds the sample to what it promises: enough to show each feature on.
func TestSize(t *testing.T) {
	tables := read(t)
	relations := map[graph.RelationKey]bool{}
	for _, file := range tables {
		for _, r := range file.rows {
			if file.kind.IsRelation() {
				relations[r.key.RelationKey] = true
			}
		}
	}
	counts := map[string]int{"companies": len(tables["companies"].rows), "products": len(tables["products"].rows), "relations": len(relations)}
	for what, least := range map[string]int{"companies": 80, "products": 20, "relations": 200} {
		if counts[what] < least {
			t.Errorf("%d %s, want at least %d", counts[what], what, least)
		}
	}
	languages := map[string]int{}
	for _, r := range tables["sources"].rows {
		language, _, _ := strings.Cut(r.cells["language"], "-")
		languages[language]++
	}
	if languages["en"] == 0 || languages["zh"] == 0 {
		t.Errorf("sources by language: %v", languages)
	}
}

func TestSourcesDisagree(t *testing.T) {
	stances := map[graph.RelationKey]map[string]bool{}
	for _, r := range read(t)["supplies"].rows {
		if stances[r.key.RelationKey] == nil {
			stances[r.key.RelationKey] = map[string]bool{}
		}
		stances[r.key.RelationKey][r.cells["stance"]] = true
	}
	disputed := 0
	for _, said := range stances {
		if said["asserts"] && said["denies"] {
			disputed++
		}
	}
	if disputed < 3 {
		t.Errorf("%d relations are both asserted and denied, want at least 3", disputed)
	}
}

// TestTiers counts how far the sample reaches upstream of those who use the computers.
func TestTiers(t *testing.T) {
	suppliers := map[string][]string{}
	for _, r := range read(t)["supplies"].rows {
		flows := !slices.Contains([]string{"announced", "sampling", "ended"}, r.cells["stage"])
		if flows && r.cells["stance"] == "asserts" {
			suppliers[r.key.To] = append(suppliers[r.key.To], r.key.From)
		}
	}
	tier := map[string]int{"openai": 0}
	for queue := []string{"openai"}; len(queue) > 0; queue = queue[1:] {
		for _, supplier := range suppliers[queue[0]] {
			if _, seen := tier[supplier]; !seen {
				tier[supplier] = tier[queue[0]] + 1
				queue = append(queue, supplier)
			}
		}
	}
	for company, want := range map[string]int{"microsoft": 1, "tsmc": 2, "asml": 3, "zeiss-smt": 4} {
		if tier[company] != want {
			t.Errorf("%s is in tier %d of OpenAI, want %d", company, tier[company], want)
		}
	}
	if deepest := slices.Max(slices.Collect(maps.Values(tier))); deepest < 4 {
		t.Errorf("%d tiers, want at least 4", deepest)
	}
}

// TestVertivCoolsRacks: what stops without Vertiv is the racks that need its cooling, not all of Nvidia.
func TestVertivCoolsRacks(t *testing.T) {
	var needs, sold []string
	for _, r := range read(t)["supplies"].rows {
		if r.key.From == "vertiv" && r.key.To == "nvidia" && r.cells["used_in"] != "" {
			needs = append(needs, r.cells["used_in"])
		}
		if r.key.From == "nvidia" && r.cells["stage"] == "volume" {
			sold = append(sold, r.key.Product)
		}
	}
	if len(needs) == 0 {
		t.Error("no product that needs the cooling is named")
	}
	for _, product := range needs {
		if !slices.Contains(sold, product) {
			t.Errorf("Nvidia sells no %s", product)
		}
	}
}
