package generate

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

func TestRelationsAreDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		companies := rapid.IntRange(2, 3000).Draw(t, "companies")
		o := Options{
			Seed:      rapid.Uint64().Draw(t, "seed"),
			Companies: companies,
			Relations: rapid.IntRange(0, 20*companies).Draw(t, "relations"),
			Minimal:   rapid.Bool().Draw(t, "minimal"),
		}
		var out bytes.Buffer
		err := Relations(context.Background(), &out, o)
		if errors.Is(err, graph.ErrInvalid) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		rows := parse(t, out.Bytes())
		if len(rows)-1 != o.Relations {
			t.Fatalf("%d relations, want %d", len(rows)-1, o.Relations)
		}
		seen := map[string]bool{}
		for _, row := range rows[1:] {
			key := strings.Join(row[:3], " ")
			if seen[key] {
				t.Fatalf("%s twice", key)
			}
			seen[key] = true
			if row[0] == row[1] {
				t.Fatalf("%s supplies itself", row[0])
			}
		}
	})
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func parse(t fataler, data []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestValuesAreValid(t *testing.T) {
	folder := t.TempDir()
	o := Options{Seed: 7, Companies: 500, Relations: 5000}
	if err := Folder(context.Background(), folder, o); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]graph.Kind{"companies.csv": graph.KindCompany, "products.csv": graph.KindProduct, "sources.csv": graph.KindSource, "relations.csv": graph.KindSupplies}
	for _, name := range Files {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		rows := parse(t, data)
		for _, row := range rows[1:] {
			for i, column := range rows[0] {
				field, ok := graph.FieldByName(kinds[name], column)
				if !ok {
					continue // a part of the key
				}
				if _, err := graph.ParseField(field, row[i]); err != nil {
					t.Fatalf("%s: %s: %v", name, column, err)
				}
			}
		}
	}
}

func TestSameSeedSameFile(t *testing.T) {
	text := func(seed uint64) string {
		var out bytes.Buffer
		if err := Relations(context.Background(), &out, Options{Seed: seed, Companies: 100, Relations: 1000}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first, second, other := text(1), text(1), text(2)
	if first != second {
		t.Error("one seed gives two files")
	}
	if first == other {
		t.Error("two seeds give one file")
	}
}

// Few suppliers have a great part of the relations, and rows are in no order.
func TestShape(t *testing.T) {
	var out bytes.Buffer
	const companies, relations = 1000, 20000
	if err := Relations(context.Background(), &out, Options{Seed: 3, Companies: companies, Relations: relations}); err != nil {
		t.Fatal(err)
	}
	rows := parse(t, out.Bytes())[1:]
	for side, name := range []string{"suppliers", "buyers"} {
		degree := map[string]int{}
		for _, row := range rows {
			degree[row[side]]++
		}
		var all []int
		for _, d := range degree {
			all = append(all, d)
		}
		slices.Sort(all)
		slices.Reverse(all)
		top := 0
		for _, d := range all[:companies/10] {
			top += d
		}
		if top < relations/4 {
			t.Errorf("the largest tenth of %s has %d of %d relations; want a skewed network", name, top, relations)
		}
	}
	ascending, shares := 0, 0
	for i, row := range rows {
		if i > 0 && rows[i-1][0] <= row[0] {
			ascending++
		}
		if row[3] != "" {
			shares++
		}
	}
	if ascending < relations*4/10 || ascending > relations*6/10 {
		t.Errorf("%d of %d rows follow a smaller one: not shuffled", ascending, relations)
	}
	if shares < relations*25/100 || shares > relations*35/100 {
		t.Errorf("%d of %d rows state a share, want 30%%", shares, relations)
	}
}

func TestImpossibleOptions(t *testing.T) {
	for _, o := range []Options{{}, {Companies: 1, Relations: 1}, {Companies: 3, Relations: 100000}} {
		if err := Relations(context.Background(), &bytes.Buffer{}, o); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v, want ErrInvalid", o, err)
		}
	}
}

func BenchmarkRelations(b *testing.B) {
	o := Options{Seed: 1, Companies: 10_000, Relations: 100_000}
	for b.Loop() {
		var out bytes.Buffer
		if err := Relations(context.Background(), &out, o); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(out.Len()))
	}
	b.ReportMetric(float64(o.Relations)*float64(b.N)/b.Elapsed().Seconds(), "relations/s")
}
