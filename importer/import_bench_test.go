package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/generate"
)

// BenchmarkImport imports a generated file of relations (supplier, buyer, product, value; rows shuffled) into an
// empty embedded store: reading, checks, sorting, durable commits and the resolving of names included. Beside the
// whole it reports the rate of each fifth of the writing, as fifth1/s and so on: it should not fall.
//
//	go test ./importer -run '^$' -bench Import/1000000 -benchtime 1x
//	go test ./importer -run '^$' -bench Import/10000000 -benchtime 1x -timeout 1h
func BenchmarkImport(b *testing.B) {
	for _, relations := range []int{1_000_000, 10_000_000} {
		b.Run(fmt.Sprint(relations), func(b *testing.B) {
			path := generatedRelations(b, relations)
			for b.Loop() {
				b.StopTimer()
				store := openStore(b)
				fifths := &fifthRates{}
				b.StartTimer()
				if _, err := Import(context.Background(), store, Files(path), Options{TempDir: b.TempDir(), Progress: fifths.take}); err != nil {
					b.Fatal(err)
				}
				for i, rate := range fifths.rates {
					b.ReportMetric(rate, fmt.Sprintf("fifth%d/s", i+1))
				}
			}
			b.ReportMetric(float64(relations)*float64(b.N)/b.Elapsed().Seconds(), "relations/s")
		})
	}
}

// fifthRates measures each fifth of the writing.
type fifthRates struct {
	rates []float64
	rows  int64
	at    time.Duration
}

func (f *fifthRates) take(p Progress) {
	if p.Phase == PhaseRead {
		f.at = p.Elapsed
	}
	if p.Phase == PhaseWrite && p.Rows >= int64(len(f.rates)+1)*p.TotalRows/5 {
		f.rates = append(f.rates, float64(p.Rows-f.rows)/(p.Elapsed-f.at).Seconds())
		f.rows, f.at = p.Rows, p.Elapsed
	}
}

func generatedRelations(b *testing.B, relations int) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "relations.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := generate.Relations(context.Background(), f, generate.Options{Seed: 1, Companies: relations / 10, Relations: relations, Minimal: true}); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// forgetfulStore counts batches and drops them: what is left is the work of the importer itself.
type forgetfulStore struct {
	graph.Store // the methods that an import does not call
	revision    graph.Revision
	statements  int
}

func (s *forgetfulStore) Apply(_ context.Context, b graph.Batch) (graph.Applied, error) {
	s.statements += len(b.Statements)
	s.revision++
	return graph.Applied{Counts: graph.Counts{Created: len(b.Statements)}, Revision: s.revision}, nil
}

func (s *forgetfulStore) Imports(context.Context) ([]graph.Import, error) { return nil, nil }

func (s *forgetfulStore) Read(context.Context, graph.ReadOptions, graph.Sink) (graph.Head, error) {
	return graph.Head{Revision: s.revision}, nil
}

func (s *forgetfulStore) Head(context.Context) (graph.Head, error) {
	return graph.Head{Revision: s.revision}, nil
}

func (s *forgetfulStore) BatchSize() int { return 100_000 }

// BenchmarkImporterAlone is the same into a store that forgets.
func BenchmarkImporterAlone(b *testing.B) {
	const relations = 1_000_000
	path := generatedRelations(b, relations)
	for b.Loop() {
		store := &forgetfulStore{}
		if _, err := Import(context.Background(), store, Files(path), Options{TempDir: b.TempDir(), Memory: 16 << 20}); err != nil {
			b.Fatal(err)
		}
		if store.statements != relations {
			b.Fatalf("%d statements, want %d", store.statements, relations)
		}
	}
	b.ReportMetric(relations*float64(b.N)/b.Elapsed().Seconds(), "relations/s")
}

// BenchmarkGLEIF imports a generated file in the shape of level 1 of the LEI Golden Copy (338 columns, each cell in
// quotes) into an empty embedded store, names included.
//
//	go test ./importer -run '^$' -bench 'GLEIF/300000$' -benchtime 1x
//	go test ./importer -run '^$' -bench 'GLEIF/3000000$' -benchtime 1x -timeout 1h
func BenchmarkGLEIF(b *testing.B) {
	for _, companies := range []int{300_000, 3_000_000} {
		b.Run(fmt.Sprint(companies), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "gleif-lei.csv")
			f, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			if err := errors.Join(generate.GLEIFCompanies(context.Background(), f, 1, companies), f.Close()); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				store := openStore(b)
				b.StartTimer()
				report, err := Import(context.Background(), store, Files(path), Options{TempDir: b.TempDir()})
				if err != nil {
					b.Fatal(err)
				}
				if report.Rejected != 0 || report.Files[0].Conversion == nil {
					b.Fatalf("%d rejected", report.Rejected)
				}
			}
			b.ReportMetric(float64(companies)*float64(b.N)/b.Elapsed().Seconds(), "companies/s")
		})
	}
}
