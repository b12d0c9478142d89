package graph_test

import (
	"math"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// What a company says of itself in several documents is one word: its questionnaire answer beside its own filing makes
// a relation no surer. What others say, or report, stays a word of its own.
func TestACompanyIsOneOrigin(t *testing.T) {
	for name, test := range map[string]struct {
		claims  [][3]string // asserted_by, basis, source
		sources int
	}{
		"answer and filing":          {[][3]string{{"TSMC", "company", "answer of TSMC"}, {"TSMC (Form 20-F)", "filing", "20-f"}}, 1},
		"other names of it":          {[][3]string{{"台积电", "company", "s1"}, {"taiwan semiconductor manufacturing", "filing", "s2"}, {"tsmc", "company", "s3"}}, 1},
		"its own publication":        {[][3]string{{"", "filing", "annual-report"}, {"TSMC", "company", "answer of TSMC"}}, 1},
		"supplier and buyer":         {[][3]string{{"TSMC", "company", "s1"}, {"Nvidia CFO", "company", "s2"}}, 2},
		"both in one document":       {[][3]string{{"TSMC", "company", "s1"}, {"Nvidia", "company", "s1"}}, 2},
		"a report of what it said":   {[][3]string{{"TSMC", "company", "s1"}, {"TSMC", "news", "s2"}}, 2},
		"another company":            {[][3]string{{"Tsmcorp", "company", "s1"}, {"TSMC", "company", "s2"}}, 2},
		"the word of somebody else":  {[][3]string{{"Citi", "company", "s1"}, {"Citi", "company", "s2"}}, 2},
		"nobody says who speaks":     {[][3]string{{"", "filing", "s1"}, {"", "filing", "s2"}}, 2},
		"reprints of the same quote": {[][3]string{{"Citi", "analyst", "s1"}, {"Citi", "analyst", "s1"}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFeed()
			f.put(node(t, graph.KindCompany, "tsmc-1987", graph.FieldName, "TSMC", graph.FieldAliases, "Taiwan Semiconductor Manufacturing;台积电"))
			f.put(node(t, graph.KindCompany, "nvidia", graph.FieldName, "NVIDIA"))
			f.put(node(t, graph.KindSource, "annual-report", graph.FieldPublisher, "TSMC Ltd"))
			for i, c := range test.claims {
				s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: "tsmc-1987", To: "nvidia"}, Dataset: string(rune('a' + i)), AssertedBy: c[0], Source: c[2]}}
				s.Fields = []graph.Field{field(t, graph.FieldConfidence, "0.9"), field(t, graph.FieldBasis, c[1])}
				f.put(s)
			}
			v, err := graph.Load(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			r, _ := v.FindRelation(graph.RelationKey{Kind: graph.KindSupplies, From: "tsmc-1987", To: "nvidia"})
			filter := graph.DefaultFilter(graph.AnyDate)
			doubt := math.Pow(1-0.9, float64(test.sources))
			if got := v.FoldRelation(r, filter).Sources; got != test.sources {
				t.Errorf("%d independent sources, want %d", got, test.sources)
			}
			if got := v.CombinedConfidence(r, filter); math.Abs(got-min(1-doubt, 0.99)) > 1e-12 {
				t.Errorf("combined %v, want %v", got, 1-doubt)
			}
		})
	}
}

func node(t *testing.T, kind graph.Kind, id string, texts ...any) graph.Statement {
	t.Helper()
	s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: kind, From: id}, Dataset: "d"}}
	for i := 0; i < len(texts); i += 2 {
		s.Fields = append(s.Fields, field(t, texts[i].(graph.FieldID), texts[i+1].(string)))
	}
	return s
}

func field(t *testing.T, id graph.FieldID, text string) graph.Field {
	t.Helper()
	f, err := graph.ParseField(id, text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
