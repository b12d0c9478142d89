package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// DefaultPaths is the number of paths that are given unless a question says otherwise; MaxPaths the greatest.
const (
	DefaultPaths = 5
	MaxPaths     = 1000
)

// PathsRequest asks for the shortest ways that goods take from one company to another.
type PathsRequest struct {
	From, To string // the supplier upstream and the buyer downstream: id, identifier, name or alias
	Scope
	K       int      // most paths, 1..MaxPaths; DefaultPaths when 0
	MaxHops int      // longest path, 1..MaxDepth; MaxDepth when 0
	Kinds   []string // kinds of relation that are followed: supplies, owns; supplies when empty
	// Chain says how hops must hang together: "any" follows any hops; "consistent" leaves out paths that a
	// stated used_in contradicts.
	Chain string
	// Evidence adds the claims of each hop; Details adds their quotes.
	Evidence bool
	Details  Details `json:"-"`
}

// PathsAnswer holds paths, the shortest first, those of equal length in the order of the ids that they pass.
type PathsAnswer struct {
	Answer
	From  Ref       `json:"from"`
	To    Ref       `json:"to"`
	Paths []PathRow `json:"paths" doc:"Different sequences of companies, none passing a company twice"`
	// RelationSequences counts the ways through the paths that differ in a relation.
	RelationSequences float64  `json:"relation_sequences" doc:"Ways through the paths above that differ in a company or in a relation (parallel products)"`
	Entities          Entities `json:"entities" doc:"The companies and products that the paths name"`
}

// Entities are the nodes that an answer names, by id.
type Entities struct {
	Companies map[string]Entity `json:"companies"`
	Products  map[string]Entity `json:"products"`
}

// Entity is a company or product that an answer names.
type Entity struct {
	Name    string `json:"name"`
	NameZH  string `json:"name_zh,omitempty"`
	Country string `json:"country,omitempty" doc:"Country of headquarters, ISO 3166-1"`
}

// PathRow is one sequence of companies.
type PathRow struct {
	Weakest           WeakestHop `json:"weakest" doc:"The hop that the path stands or falls with: the one with the least confidence"`
	IfIndependent     float64    `json:"if_independent" doc:"Product of the confidences of the hops: what the path is worth if they are independent"`
	Length            int        `json:"length" doc:"Number of hops"`
	Companies         []string   `json:"companies" doc:"Ids from upstream to downstream"`
	Hops              []PathHop  `json:"hops"`
	RelationSequences float64    `json:"relation_sequences" doc:"Ways through this path that differ in a relation"`
}

// WeakestHop names a hop of a path.
type WeakestHop struct {
	Hop        int     `json:"hop" doc:"Position of the hop, from 0"`
	Relation   string  `json:"relation"`
	Confidence float64 `json:"confidence"`
}

// PathHop is one hop of a path with its parallel relations.
type PathHop struct {
	From       string        `json:"from"`
	To         string        `json:"to"`
	Confidence float64       `json:"confidence" doc:"Greatest among the relations"`
	Relations  []HopRelation `json:"relations"`
	// Link says how the hop hangs together with the next one.
	Link   string `json:"link,omitempty" enum:"linked,unknown,contradicted" doc:"Whether what this hop brings goes into what the next one brings; absent at the last hop"`
	LinkBy string `json:"link_by,omitempty" enum:"used_in,input_of,same_product" doc:"What says so"`
}

// HopRelation is one of the parallel relations of a hop.
type HopRelation struct {
	Relation      string     `json:"relation"`
	Kind          string     `json:"kind" enum:"supplies,owns"`
	Product       string     `json:"product,omitempty"`
	UsedIn        string     `json:"used_in,omitempty" doc:"The buyer's product that needs it, as stated"`
	Share         *Interval  `json:"share" doc:"Part in the buyer's intake of the product; for owns the part owned; null when unknown"`
	Stage         string     `json:"stage"`
	Basis         string     `json:"basis"`
	Confidence    float64    `json:"confidence"`
	LastConfirmed string     `json:"last_confirmed,omitempty"`
	Sources       int        `json:"sources"`
	Denials       int        `json:"denials,omitempty"`
	ClaimIDs      []string   `json:"claim_ids" doc:"All claims of the relation"`
	Claims        []ClaimRow `json:"claims,omitempty" doc:"The same in full, where evidence was asked for"`
}

// Resolve checks the request and spells out what it leaves to defaults.
func (req PathsRequest) Resolve() (PathsRequest, error) {
	var err error
	if req.Scope, err = req.Scope.Resolve(); err != nil {
		return req, err
	}
	req.K, req.MaxHops = cmp.Or(req.K, DefaultPaths), cmp.Or(req.MaxHops, MaxDepth)
	if req.K < 0 || req.K > MaxPaths {
		return req, fmt.Errorf("%w: k %d; allowed: 1 to %d", graph.ErrInvalid, req.K, MaxPaths)
	}
	if req.MaxHops < 0 || req.MaxHops > MaxDepth {
		return req, fmt.Errorf("%w: max_hops %d; allowed: 1 to %d", graph.ErrInvalid, req.MaxHops, MaxDepth)
	}
	if req.Kinds, err = flowKinds(req.Kinds); err != nil {
		return req, err
	}
	req.Chain, err = oneOf("chain", req.Chain, "any", "consistent")
	return req, err
}

// flowKinds checks the kinds of relation that a walk may follow, and brings them into one order.
func flowKinds(kinds []string) ([]string, error) {
	if len(kinds) == 0 {
		return []string{graph.KindSupplies.String()}, nil
	}
	var out []string
	for _, k := range []graph.Kind{graph.KindSupplies, graph.KindOwns} {
		if slices.Contains(kinds, k.String()) {
			out = append(out, k.String())
		}
	}
	for _, kind := range kinds {
		if !slices.Contains(out, kind) {
			return nil, fmt.Errorf("%w: relation kind %q; allowed: supplies, owns", graph.ErrInvalid, kind)
		}
	}
	return out, nil
}

func parseKinds(names []string) []graph.Kind {
	kinds := make([]graph.Kind, len(names))
	for i, name := range names {
		kinds[i], _ = graph.ParseKind(name) // flowKinds checked it
	}
	return kinds
}

// maxContradicted is how many paths in a row may be left out as contradicted before the search gives up.
const maxContradicted = 10_000

// Paths gives the k shortest simple paths. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Paths(ctx context.Context, v *graph.View, req PathsRequest) (*PathsAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	from, err := v.Lookup(graph.KindCompany, req.From)
	if err != nil {
		return nil, err
	}
	to, err := v.Lookup(graph.KindCompany, req.To)
	if err != nil {
		return nil, err
	}
	if from == to {
		return nil, fmt.Errorf("%w: from and to are the same company, %s; loops are another question", graph.ErrInvalid, v.ID(graph.KindCompany, from))
	}
	out := &PathsAnswer{Answer: newAnswer(v, req.Scope, openLists), From: refOf(v, graph.KindCompany, from), To: refOf(v, graph.KindCompany, to),
		Paths: []PathRow{}, Entities: Entities{Companies: map[string]Entity{}, Products: map[string]Entity{}}}
	p := &pathAnswer{v: v, req: req, out: out, shares: newShares(v, req.filter()), relations: map[graph.Rel]*HopRelation{}}
	err = p.search(ctx, from, to)
	if errors.Is(err, context.DeadlineExceeded) {
		out.stop(StoppedByDeadline)
		out.warn("the time was over before the search was: there may be more paths")
		err = nil
	}
	if err == nil {
		err = p.addEvidence(ctx)
	}
	if err != nil {
		return nil, err
	}
	return inGroups(v, out, req.From, req.To), nil
}

// pathAnswer turns sequences of companies into rows.
type pathAnswer struct {
	v         *graph.View
	req       PathsRequest
	out       *PathsAnswer
	shares    *shares
	relations map[graph.Rel]*HopRelation
}

func (p *pathAnswer) search(ctx context.Context, from, to graph.Node) error {
	f, err := newPathFinder(ctx, p.v, from, to, p.req.filter(), parseKinds(p.req.Kinds), p.req.MaxHops)
	if err != nil {
		return err
	}
	defer f.release()
	contradicted := 0
	for {
		nodes, err := f.next(ctx)
		if err != nil {
			return err
		}
		if nodes == nil {
			break
		}
		if len(p.out.Paths) == p.req.K {
			p.out.stop(StoppedByLimit)
			break
		}
		if p.take(nodes) {
			contradicted = 0
		} else if contradicted++; contradicted == maxContradicted {
			p.out.stop(StoppedByLimit)
			p.out.warn(fmt.Sprintf("%d paths in a row were left out as contradicted; the search gave up", contradicted))
			break
		}
	}
	if f.cut {
		p.out.stop(StoppedByDepth)
	}
	if len(p.out.Paths) == 0 {
		return p.explainNone(ctx, from, to)
	}
	return nil
}

// explainNone says whether the question was asked the wrong way round.
func (p *pathAnswer) explainNone(ctx context.Context, from, to graph.Node) error {
	none := fmt.Sprintf("no documented path leads from %s down to %s", p.out.From.ID, p.out.To.ID)
	if p.out.StoppedBecause == StoppedByDepth {
		none = fmt.Sprintf("no documented path of at most %d hops leads from %s down to %s; longer ones were not looked for", p.req.MaxHops, p.out.From.ID, p.out.To.ID)
	}
	p.out.warn(none)
	f, err := newPathFinder(ctx, p.v, to, from, p.req.filter(), parseKinds(p.req.Kinds), p.req.MaxHops)
	if err != nil {
		return err
	}
	defer f.release()
	if nodes, err := f.next(ctx); err != nil || nodes == nil {
		return err
	}
	p.out.warn(fmt.Sprintf("there is a path the other way: ask from %s to %s", p.out.To.ID, p.out.From.ID))
	return nil
}

// take makes the row of a path; false when the path is contradicted and only consistent ones are wanted.
func (p *pathAnswer) take(nodes []graph.Node) bool {
	chain := newChain(p.v, p.hopRelations(nodes))
	if p.req.Chain == "consistent" && !chain.keepConsistent() {
		return false
	}
	row := PathRow{Length: len(nodes) - 1, IfIndependent: 1, RelationSequences: chain.sequences()}
	for _, n := range nodes {
		row.Companies = append(row.Companies, p.company(n))
	}
	for i, rels := range chain.hops {
		hop := PathHop{From: row.Companies[i], To: row.Companies[i+1]}
		best := ""
		for _, r := range rels {
			relation := p.relation(r)
			hop.Relations = append(hop.Relations, *relation)
			if relation.Confidence > hop.Confidence || best == "" {
				hop.Confidence, best = relation.Confidence, relation.Relation
			}
		}
		if i < len(chain.hops)-1 {
			hop.Link, hop.LinkBy = chain.bestLink(i)
		}
		row.Hops = append(row.Hops, hop)
		row.IfIndependent *= hop.Confidence
		if i == 0 || hop.Confidence < row.Weakest.Confidence {
			row.Weakest = WeakestHop{Hop: i, Relation: best, Confidence: hop.Confidence}
		}
	}
	p.out.Paths = append(p.out.Paths, row)
	p.out.RelationSequences += row.RelationSequences
	return true
}

// hopRelations are the active relations of each hop, in the order of kinds, then products.
func (p *pathAnswer) hopRelations(nodes []graph.Node) [][]graph.Rel {
	hops := make([][]graph.Rel, len(nodes)-1)
	for i := range hops {
		for _, k := range parseKinds(p.req.Kinds) {
			hops[i] = append(hops[i], activeBetween(p.v, k, nodes[i], nodes[i+1], p.req.filter())...)
		}
	}
	return hops
}

// activeBetween are the active relations of a kind from a to b. It reads the shorter of the two rows.
func activeBetween(v *graph.View, k graph.Kind, a, b graph.Node, f graph.Filter) (rels []graph.Rel) {
	edges, other := v.Out(k, a), b
	if in := v.In(k, b); in.Len() < edges.Len() {
		edges, other = in, a
	}
	for i, n := range edges.Nodes {
		if n == other && v.Active(edges.Rel(i), f) {
			rels = append(rels, edges.Rel(i))
		}
	}
	return rels
}

func (p *pathAnswer) company(n graph.Node) string {
	id := p.v.ID(graph.KindCompany, n)
	if _, ok := p.out.Entities.Companies[id]; !ok {
		p.out.Entities.Companies[id] = Entity{Name: p.v.Name(graph.KindCompany, n), NameZH: p.v.HanName(graph.KindCompany, n),
			Country: p.v.NodeText(graph.KindCompany, n, graph.FieldCountry)}
	}
	return id
}

func (p *pathAnswer) product(n graph.Node) string {
	if n == graph.NoNode {
		return ""
	}
	id := p.v.ID(graph.KindProduct, n)
	if _, ok := p.out.Entities.Products[id]; !ok {
		p.out.Entities.Products[id] = Entity{Name: p.v.Name(graph.KindProduct, n), NameZH: p.v.HanName(graph.KindProduct, n)}
	}
	return id
}

func (p *pathAnswer) relation(r graph.Rel) *HopRelation {
	if h, ok := p.relations[r]; ok {
		return h
	}
	v, f := p.v, p.req.filter()
	folded := v.FoldRelation(r, f)
	_, _, product := v.Ends(r)
	h := &HopRelation{Relation: v.RelationKey(r).ID(), Kind: v.KindOf(r).String(), Product: p.product(product),
		UsedIn: folded.Texts[graph.FieldUsedIn], Stage: folded.Stage, Basis: folded.Basis, Confidence: folded.Confidence,
		LastConfirmed: dateText(folded.Confirmed), Sources: folded.Sources, Denials: folded.Denials}
	if v.KindOf(r) == graph.KindSupplies {
		h.Share = p.shares.ofInput(r)
	} else {
		h.Share = statedNumber(v, r, f, graph.FieldShare)
	}
	rows := claimRows(v, r, f)
	for _, c := range rows {
		h.ClaimIDs = append(h.ClaimIDs, c.ID)
	}
	if p.req.Evidence {
		h.Claims = rows
	}
	p.out.count(v, &folded, f)
	p.relations[r] = h
	return h
}

// addEvidence reads the quotes of all claims at once. Paths that share a relation share its claims.
func (p *pathAnswer) addEvidence(ctx context.Context) error {
	if !p.req.Evidence {
		return nil
	}
	var rows []*ClaimRow
	for i := range p.out.Paths {
		for j := range p.out.Paths[i].Hops {
			for _, h := range p.out.Paths[i].Hops[j].Relations {
				for c := range h.Claims {
					rows = append(rows, &h.Claims[c])
				}
			}
		}
	}
	return addDetails(ctx, p.req.Details, &p.out.Answer, rows)
}
