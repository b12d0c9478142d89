package review

import (
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// Side is one of the two companies of a review, as much of it as tells it from others.
type Side struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Kind        string   `json:"kind,omitempty"`
	Aliases     []string `json:"aliases" doc:"Other names that are stated"`
	Records     []string `json:"records" doc:"What files call it, besides its id"`
	Countries   []string `json:"countries" doc:"ISO 3166-1: of headquarters, then of registration where that is another"`
	Identifiers []string `json:"identifiers"`
	Sector      string   `json:"sector,omitempty"`
	Supplies    Trade    `json:"supplies"`
	Buys        Trade    `json:"buys"`
	Sources     []string `json:"sources" doc:"Who speaks of it: documents, or datasets where none is cited; the first ones"`
}

// Trade is what a company supplies or buys, in brief.
type Trade struct {
	Relations int      `json:"relations"`
	First     []Traded `json:"first"`
}

// Traded is a relation in brief.
type Traded struct {
	Company string `json:"company"`
	Product string `json:"product,omitempty"`
}

const (
	mostTraded  = 4
	mostSources = 4
)

// SideOf is the company that a record is; false where it is no more.
func SideOf(v *graph.View, record string) (*Side, bool) {
	n, ok := v.Find(kind, record)
	if !ok {
		return nil, false
	}
	f := v.NodeFacts(kind, n)
	s := &Side{ID: f.ID, Name: f.Name, Kind: f.Texts[graph.FieldKind], Aliases: f.Aliases, Records: []string{}, Countries: []string{}, Identifiers: f.Identifiers, Sector: f.Texts[graph.FieldSector]}
	for _, r := range v.Records(kind, n) {
		if r.Rule != "" && !slices.Contains(s.Aliases, r.ID) && r.ID != s.Name {
			s.Records = append(s.Records, r.ID)
		}
	}
	for _, field := range []graph.FieldID{graph.FieldCountry, graph.FieldJurisdiction} {
		if c := f.Texts[field]; c != "" && !slices.Contains(s.Countries, c) {
			s.Countries = append(s.Countries, c)
		}
	}
	sources := &sourceNames{v: v, datasets: f.Datasets}
	s.Supplies.First, s.Buys.First = []Traded{}, []Traded{}
	for _, spelling := range recordsOf(v, f.ID) { // an ambiguous name is a node a spelling, and one question
		node, _ := v.Find(kind, spelling)
		if v.ID(kind, node) != spelling {
			continue // it is one node with another, whose relations these are
		}
		if node != n {
			s.Records = append(s.Records, spelling)
		}
		s.Supplies.add(v, v.Out(graph.KindSupplies, node), sources)
		s.Buys.add(v, v.In(graph.KindSupplies, node), sources)
	}
	s.Sources = sources.first()
	return s, true
}

func (t *Trade) add(v *graph.View, edges graph.Edges, sources *sourceNames) {
	t.Relations += edges.Len()
	for i := range min(mostTraded-len(t.First), edges.Len()) {
		_, _, product := v.Ends(edges.Rel(i))
		x := Traded{Company: v.Name(kind, edges.Nodes[i])}
		if product != graph.NoNode {
			x.Product = v.Name(graph.KindProduct, product)
		}
		t.First = append(t.First, x)
		sources.take(edges.Rel(i))
	}
}

// sourceNames gathers who speaks of a company.
type sourceNames struct {
	v         *graph.View
	datasets  []string
	documents []string
}

func (s *sourceNames) take(r graph.Rel) {
	low, high := s.v.Claims(r)
	for c := low; c < high; c++ {
		claim := s.v.Claim(r, c)
		if claim.Source == "" {
			if !slices.Contains(s.datasets, claim.Dataset) {
				s.datasets = append(s.datasets, claim.Dataset)
			}
			continue
		}
		name := claim.Source
		if n, ok := s.v.Find(graph.KindSource, claim.Source); ok {
			if title := s.v.NodeText(graph.KindSource, n, graph.FieldTitle); title != "" {
				name = title
			}
		}
		if !slices.Contains(s.documents, name) {
			s.documents = append(s.documents, name)
		}
	}
}

func (s *sourceNames) first() []string {
	out := make([]string, 0, len(s.documents)+len(s.datasets))
	out = append(out, s.documents...)
	for _, d := range s.datasets {
		out = append(out, "dataset "+d)
	}
	return out[:min(mostSources, len(out))]
}

// Pair is a review with the two companies side by side. A company that is no more is null.
type Pair struct {
	Item
	Contradiction string `json:"contradiction,omitempty" doc:"The identifiers by which the two cannot be one company; they become one only where that is forced"`
	RecordSide    *Side  `json:"record_side" doc:"What is known of the record"`
	CandidateSide *Side  `json:"candidate_side" doc:"What is known of the company that it may be"`
}

// PairOf shows a review.
func PairOf(v *graph.View, x Item) Pair {
	p := Pair{Item: x}
	p.RecordSide, _ = SideOf(v, x.Record)
	p.CandidateSide, _ = SideOf(v, x.Candidate)
	if x.Status == Open {
		p.Contradiction = x.contradiction(v)
	}
	return p
}
