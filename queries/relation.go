package queries

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// RelationRequest asks for a relation and everything that is said of it.
type RelationRequest struct {
	// ID is a relation's id, or a claim's, which gives its relation. Its parts may be written without
	// percent-encoding, and name companies and products as a person would; the last part, the product, may be
	// left out where there is one relation only.
	ID string
	Scope
	Details Details `json:"-"`
}

// RelationAnswer is a relation with its claims side by side.
type RelationAnswer struct {
	Answer
	RelationRow
	ValidFrom string          `json:"valid_from,omitempty" doc:"Earliest day from which a claim that counts holds, or asserts it where none counts; absent where one leaves it open"`
	ValidTo   string          `json:"valid_to,omitempty" doc:"First day on which none of these holds any more; absent where one leaves it open"`
	Shares    []RelationShare `json:"shares" doc:"Every share with the whole that it is a part of, what follows from all that is documented first"`

	Claims   []ClaimRow    `json:"claims" doc:"All claims, the latest first"`
	Disputes []Dispute     `json:"disputes" doc:"Fields on which claims of one period differ"`
	Denials  []string      `json:"denials" doc:"Ids of the claims that deny the relation"`
	History  []PeriodFacts `json:"history" doc:"What is said of each period, the latest first"`
	// Named are products and sites that texts of the claims name.
	Named map[string]Ref `json:"named" doc:"The products (used_in) and sites that the claims name, by what they say; only those that the network knows"`
	// Parts are those of a group's relation: its numbers follow from theirs, and stand in no claim.
	Parts []RelationPart `json:"parts,omitempty" doc:"With group=control: the relations between companies that count as this one, from which its numbers are derived; absent where it is its own"`
}

// RelationPart is a relation between members of groups.
type RelationPart struct {
	ID      string               `json:"id"`
	From    Ref                  `json:"from"`
	To      Ref                  `json:"to"`
	Active  bool                 `json:"active" doc:"Whether it holds under the scope of the question; where any does, those that do not add nothing"`
	Numbers map[string]*Interval `json:"numbers" doc:"Numbers stated, by field"`
}

// RelationRow is a relation, folded.
type RelationRow struct {
	ID                 string               `json:"id"`
	Kind               string               `json:"kind" enum:"supplies,owns,makes,input_of,associated,lists"`
	From               Ref                  `json:"from"`
	To                 Ref                  `json:"to"`
	Product            *Ref                 `json:"product" doc:"null when not stated, and of relations that have none"`
	Active             bool                 `json:"active" doc:"Whether it holds under the scope of the question"`
	Stage              string               `json:"stage"`
	Basis              string               `json:"basis" doc:"The firmest among the claims that count; empty when none does"`
	Confidence         float64              `json:"confidence" doc:"Greatest among the claims that count; 0 when none does"`
	ConfidenceCombined float64              `json:"confidence_combined" doc:"What independent origins make together, at most 0.99"`
	LastConfirmed      string               `json:"last_confirmed,omitempty"`
	Sources            int                  `json:"sources" doc:"Independent origins among the claims that count"`
	ClaimCount         int                  `json:"claim_count"`
	DenialCount        int                  `json:"denial_count"`
	Numbers            map[string]*Interval `json:"numbers" doc:"Numbers stated, by field"`
	Texts              map[string]string    `json:"texts" doc:"Other things stated, by field"`
	Share              *Interval            `json:"share" doc:"supplies: part in the buyer's intake of the product, among the documented suppliers; null when the relation is not active"`
}

// Dispute is a field on which claims of one period differ.
type Dispute struct {
	Field  string          `json:"field"`
	Period string          `json:"period,omitempty"`
	Values []DisputedValue `json:"values" doc:"From the least to the greatest"`
}

// DisputedValue is one of the values that stand against each other.
type DisputedValue struct {
	Value  float64  `json:"value"`
	Claims []string `json:"claims" doc:"Ids of the claims that say so"`
}

// PeriodFacts is what the asserting claims of one period say.
type PeriodFacts struct {
	Period  string            `json:"period,omitempty" doc:"Absent for claims that are about no period"`
	Claims  []string          `json:"claims" doc:"Ids of the claims, denials among them"`
	Denials int               `json:"denials"`
	Numbers map[string]*Range `json:"numbers" doc:"Least and greatest value stated, by field"`
}

// Range is the least and the greatest of several values.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Relation shows a relation and its claims. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Relation(ctx context.Context, v *graph.View, req RelationRequest) (*RelationAnswer, error) {
	scope, err := req.Scope.Resolve()
	if err != nil {
		return nil, err
	}
	if v, err = scope.view(ctx, v); err != nil {
		return nil, err
	}
	r, err := findRelation(v, req.ID)
	if err != nil {
		return nil, err
	}
	f := scope.filter()
	folded := v.FoldRelation(r, f)
	out := &RelationAnswer{Answer: newAnswer(v, scope), RelationRow: relationRow(v, &folded, f), Claims: claimRows(v, r, f)}
	out.validity()
	out.Shares, out.Named = relationShares(v, &out.RelationRow, r, f), named(v, out.Claims)
	out.Parts = groupsOf(v).parts(r)
	out.count(v, &folded, f)
	if !out.Active {
		out.warn("the relation does not hold under this scope: its numbers are those of all claims that assert it")
	}
	rows := make([]*ClaimRow, len(out.Claims))
	for i := range out.Claims {
		rows[i] = &out.Claims[i]
	}
	if err := addDetails(ctx, req.Details, &out.Answer, rows); err != nil {
		return nil, err
	}
	out.Denials, out.History, out.Disputes = []string{}, history(out.Claims), disputes(out.Claims)
	for _, c := range out.Claims {
		if c.Stance == "denies" {
			out.Denials = append(out.Denials, c.ID)
		}
	}
	return inGroups(v, out), nil
}

// named finds the products and sites that the claims name in their texts.
func named(v *graph.View, claims []ClaimRow) map[string]Ref {
	out := map[string]Ref{}
	find := func(k graph.Kind, text string) {
		if _, known := out[text]; known || text == "" {
			return
		}
		if n, err := v.Lookup(k, text); err == nil {
			out[text] = refOf(v, k, n)
		}
	}
	for _, c := range claims {
		find(graph.KindProduct, c.Texts[graph.FieldUsedIn.String()])
		for _, site := range graph.SplitList(c.Texts[graph.FieldSite.String()]) {
			find(graph.KindSite, site)
		}
	}
	return out
}

// RelationsBetween are the ids of the relations from one company or product to another, in the order of kinds,
// then products; kind and product narrow them where not empty. Errors wrap graph.ErrInvalid, ErrNotFound and
// ErrAmbiguous.
func RelationsBetween(v *graph.View, from, to, kind, product string) ([]string, error) {
	kinds := graph.RelationKinds()
	if kind != "" {
		k, err := graph.ParseKind(kind)
		if err != nil {
			return nil, err
		}
		if !k.IsRelation() {
			return nil, fmt.Errorf("%w: relation kind %q; allowed: supplies, owns, makes, input_of, associated, lists", graph.ErrInvalid, kind)
		}
		kinds = []graph.Kind{k}
	}
	var ids []string
	var firstErr error
	for _, k := range kinds {
		rels, err := relationsOf(v, k, from, to, product)
		if err != nil && firstErr == nil {
			firstErr = err
		}
		for _, r := range rels {
			ids = append(ids, v.RelationKey(r).ID())
		}
	}
	if len(ids) == 0 && firstErr == nil {
		firstErr = fmt.Errorf("%w: no relation from %q to %q", graph.ErrNotFound, from, to)
	}
	if len(ids) > 0 {
		return ids, nil
	}
	return nil, firstErr
}

// relationsOf are the relations of a kind between two nodes that are named as a person would.
func relationsOf(v *graph.View, k graph.Kind, from, to, product string) ([]graph.Rel, error) {
	fromKind, toKind := k.Ends()
	a, err := v.Lookup(fromKind, from)
	if err != nil {
		return nil, err
	}
	b, err := v.Lookup(toKind, to)
	if err != nil {
		return nil, err
	}
	wanted := graph.NoNode
	if product != "" {
		if wanted, err = v.Lookup(graph.KindProduct, product); err != nil {
			return nil, err
		}
	}
	var rels []graph.Rel
	edges := v.Out(k, a)
	for i, n := range edges.Nodes {
		if n != b {
			continue
		}
		if _, _, p := v.Ends(edges.Rel(i)); wanted == graph.NoNode || p == wanted {
			rels = append(rels, edges.Rel(i))
		}
	}
	return rels, nil
}

// findRelation reads an id in any of the forms that RelationRequest allows.
func findRelation(v *graph.View, id string) (graph.Rel, error) {
	if key, err := graph.ParseID(id); err == nil && key.Kind.IsRelation() {
		if r, ok := v.FindRelation(key.RelationKey); ok {
			return r, nil
		}
	}
	if key, err := graph.ParseRelationID(id); err == nil {
		if !key.Kind.IsRelation() {
			return 0, fmt.Errorf("%w: relation id %q: a %v is no relation", graph.ErrInvalid, id, key.Kind)
		}
		if r, ok := v.FindRelation(key); ok {
			return r, nil
		}
		rels, err := relationsOf(v, key.Kind, key.From, key.To, key.Product)
		switch {
		case err != nil:
			return 0, err
		case len(rels) == 1:
			return rels[0], nil
		}
	}
	return findUnescaped(v, id)
}

// findUnescaped reads kind~from~to or kind~from~to~product as a person types it.
func findUnescaped(v *graph.View, id string) (graph.Rel, error) {
	parts := strings.Split(id, "~")
	if len(parts) < 3 || len(parts) > 4 {
		return 0, fmt.Errorf("%w: relation id %q: want kind~from~to~product", graph.ErrInvalid, id)
	}
	kind, err := graph.ParseKind(parts[0])
	if err != nil {
		return 0, err
	}
	if !kind.IsRelation() {
		return 0, fmt.Errorf("%w: relation id %q: a %v is no relation", graph.ErrInvalid, id, kind)
	}
	product := ""
	if len(parts) == 4 {
		product = parts[3]
	}
	rels, err := relationsOf(v, kind, parts[1], parts[2], product)
	if err != nil {
		return 0, err
	}
	switch len(rels) {
	case 0:
		return 0, fmt.Errorf("%w: no relation %q", graph.ErrNotFound, id)
	case 1:
		return rels[0], nil
	}
	candidates := make([]string, len(rels))
	for i, r := range rels {
		candidates[i] = v.RelationKey(r).ID()
	}
	return 0, &graph.AmbiguousError{Kind: kind, Ref: id, Candidates: candidates}
}

func relationRow(v *graph.View, r *graph.Relation, f graph.Filter) RelationRow {
	kind := v.KindOf(r.Rel)
	fromKind, toKind := kind.Ends()
	from, to, product := v.Ends(r.Rel)
	row := RelationRow{ID: v.RelationKey(r.Rel).ID(), Kind: kind.String(), From: refOf(v, fromKind, from), To: refOf(v, toKind, to),
		Active: r.Active, Stage: r.Stage, Basis: r.Basis, Confidence: r.Confidence, ConfidenceCombined: v.CombinedConfidence(r.Rel, f),
		LastConfirmed: dateText(r.Confirmed), Sources: r.Sources, ClaimCount: r.Claims, DenialCount: r.Denials,
		Numbers: map[string]*Interval{}, Texts: map[string]string{}}
	if product != graph.NoNode {
		ref := refOf(v, graph.KindProduct, product)
		row.Product = &ref
	}
	for field := range r.Numbers {
		row.Numbers[field.String()] = statedNumber(v, r.Rel, f, field)
	}
	for field, text := range r.Texts {
		row.Texts[field.String()] = text
	}
	if kind == graph.KindSupplies && r.Active {
		row.Share = newShares(v, f).ofInput(r.Rel)
	}
	return row
}

// history groups claims by period. The claims are in order already.
func history(claims []ClaimRow) []PeriodFacts {
	out := []PeriodFacts{}
	for _, c := range claims {
		if len(out) == 0 || out[len(out)-1].Period != c.Period {
			out = append(out, PeriodFacts{Period: c.Period, Numbers: map[string]*Range{}})
		}
		p := &out[len(out)-1]
		p.Claims = append(p.Claims, c.ID)
		if c.Stance == "denies" {
			p.Denials++
			continue
		}
		for field, value := range c.Numbers {
			if r := p.Numbers[field]; r != nil {
				r.Low, r.High = min(r.Low, value), max(r.High, value)
			} else {
				p.Numbers[field] = &Range{value, value}
			}
		}
	}
	return out
}

// disputes are the numbers on which asserting claims of one period differ, period by period, then by the name of
// the field. Amounts in different currencies or units do not dispute one another, nor do versions of one claim: of
// these the one that is valid from the latest day speaks.
func disputes(claims []ClaimRow) []Dispute {
	type about struct{ period, field, measure string }
	type series struct {
		about
		dataset, source, assertedBy string
	}
	heard := map[series]bool{}
	values := map[about]map[float64][]string{}
	var order []about
	by := map[string]string{} // claim to who asserts it
	for _, c := range claims {
		if c.Stance != "asserts" {
			continue
		}
		by[c.ID] = c.AssertedBy
		source := ""
		if c.Source != nil {
			source = c.Source.ID
		}
		for field, value := range c.Numbers {
			a := about{c.Period, field, measureOf(&c, field)}
			if s := (series{a, c.Dataset, source, c.AssertedBy}); heard[s] {
				continue
			} else {
				heard[s] = true
			}
			if values[a] == nil {
				values[a] = map[float64][]string{}
				order = append(order, a)
			}
			values[a][value] = append(values[a][value], c.ID)
		}
	}
	periods := map[string]int{} // claims are in the order of their periods
	for i, c := range claims {
		periods[c.Period] = i
	}
	slices.SortFunc(order, func(x, y about) int {
		return cmp.Or(cmp.Compare(periods[x.period], periods[y.period]), cmp.Compare(x.field, y.field), cmp.Compare(x.measure, y.measure))
	})
	out := []Dispute{}
	for _, a := range order {
		if len(values[a]) > 1 && !rangeOf(values[a], by) {
			out = append(out, Dispute{Field: a.field, Period: a.period, Values: sortedValues(values[a])})
		}
	}
	return out
}

// rangeOf reports whether the values are lower and upper bounds that do not contradict one another.
func rangeOf(values map[float64][]string, by map[string]string) bool {
	least, most := math.Inf(-1), math.Inf(1)
	for x, claims := range values {
		for _, c := range claims {
			switch {
			case strings.HasSuffix(by[c], leastSuffix):
				least = max(least, x)
			case strings.HasSuffix(by[c], mostSuffix):
				most = min(most, x)
			default:
				return false
			}
		}
	}
	return !math.IsInf(least, -1) && !math.IsInf(most, 1) && least <= most
}

// measureOf is what a number of the claim is counted in.
func measureOf(c *ClaimRow, field string) string {
	switch field {
	case graph.FieldValue.String():
		return c.Texts[graph.FieldCurrency.String()]
	case graph.FieldQuantity.String():
		return c.Texts[graph.FieldUnit.String()]
	}
	return ""
}

func sortedValues(byValue map[float64][]string) (out []DisputedValue) {
	for value, ids := range byValue {
		out = append(out, DisputedValue{Value: value, Claims: ids})
	}
	slices.SortFunc(out, func(a, b DisputedValue) int { return cmp.Compare(a.Value, b.Value) })
	return out
}
