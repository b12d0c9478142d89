package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// AlternativesRequest asks who else makes or supplies what a company buys.
type AlternativesRequest struct {
	Company string // id, identifier, name or alias
	Scope
	Page
	// Product is the input asked about, with every kind of it that the company buys; all inputs when empty.
	Product string
	// Supplier is the supplier to stand in for; all suppliers of an input, one at a time, when empty.
	Supplier string
	// Assume is that of a [DisruptionRequest].
	Assume []string
}

// AlternativesAnswer lists, input by input, who could stand in for its suppliers.
type AlternativesAnswer struct {
	Answer
	Company  Ref                `json:"company" doc:"The company asked about"`
	Product  *Ref               `json:"product" doc:"The only input looked at, with its kinds; null: all"`
	Supplier *Ref               `json:"supplier" doc:"The only supplier to stand in for; null: all"`
	Inputs   []AlternativeInput `json:"inputs" doc:"The inputs looked at, by id, whichever part of the list this is"`
	Items    []AlternativeRow   `json:"items" doc:"By input; of one input those first that make the product itself, then its kinds, then what it is a kind of, the greatest stated market share first, then by id"`
	Paging
}

// AlternativeInput is a product that the company buys.
type AlternativeInput struct {
	Product      *Ref            `json:"product" doc:"null: relations that state no product, for which nobody can be looked for"`
	Suppliers    []InputSupplier `json:"suppliers" doc:"Who is documented to supply it to the company"`
	ListComplete bool            `json:"list_complete" doc:"Whether a dated, sourced claim says that these are all"`
	Alternatives int             `json:"alternatives" doc:"Others that make or supply it"`
	Independent  *int            `json:"independent" doc:"Of these, those that lose nothing when the supplier to stand in for stops, whichever of several it is; null where there was no time to find out"`
}

// InputSupplier is a supplier of an input, with its part in it.
type InputSupplier struct {
	Ref
	Share *Interval `json:"share" doc:"Part in the company's intake of the product"`
}

// AlternativeRow is a company that could stand in for the suppliers of an input.
type AlternativeRow struct {
	Input Ref `json:"input" doc:"What the company buys"`
	Alternative
	NameZH   string    `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Stage    string    `json:"stage" doc:"Stage in which it is documented; announced and sampling are no supply"`
	Doubt    string    `json:"doubt,omitempty" enum:"ended,denied" doc:"A claim says that what it is documented by ended, or denies it; absent where none does"`
	Trial    string    `json:"trial,omitempty" doc:"Stage in which it is documented to be tried by this company for this input, or a product akin to it: announced or sampling; absent when it is not"`
	Already  bool      `json:"already_supplier" doc:"It supplies the company already, with whatever"`
	Supplies []Ref     `json:"supplies" doc:"What it supplies the company with; a product that is not stated is left out"`
	Hangs    []HangsOn `json:"hangs_on" doc:"The suppliers to stand in for whose stop costs it something, or may"`
	Loss     *Interval `json:"loss_if_incumbent_stops" doc:"What it loses of this product when the supplier to stand in for stops, of several the one that costs it most: where that is not nothing, it is no safe alternative; null where there was no time to find out"`
	Same     bool      `json:"supplies_this" doc:"It is itself one of the documented suppliers of this input"`
	Sentence string    `json:"sentence"`
}

// alternativeFound is a row that is being made.
type alternativeFound struct {
	AlternativeRow
	stand *standIn
	of    *inputToCover
}

// HangsOn is a supplier whose stop costs an alternative something.
type HangsOn struct {
	Supplier Ref       `json:"supplier"`
	Loss     *Interval `json:"loss"`
}

// Rows are the items of the list, a slice.
func (a *AlternativesAnswer) Rows() any { return a.Items }

// Resolve checks the request and spells out what it leaves to defaults, apart from the page and names.
func (req AlternativesRequest) Resolve() (AlternativesRequest, error) {
	d, err := DisruptionRequest{Scenario: Scenario{Targets: []Target{{Company: "any"}}}, Assume: req.Assume}.Resolve()
	req.Assume = d.Assume
	return req, err
}

func (req AlternativesRequest) question() any {
	req.Page, req.Scope = Page{}, Scope{}
	return req
}

func (req *AlternativesRequest) assumptions() []string {
	d := DisruptionRequest{Assume: req.Assume}
	return append([]string{"an alternative is documented to make the product, or to supply it to somebody; whether it has capacity to spare, or would qualify, nobody says",
		"announced and sampled supply is listed, marked as such: it is no supply yet",
		"its loss if the incumbent stops is what it loses of what it would bring, as the question of a disruption counts it"}, d.assumptions()...)
}

// Alternatives lists who else makes or supplies what a company buys: see docs/queries/remedies.md. Errors wrap
// graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Alternatives(ctx context.Context, v *graph.View, req AlternativesRequest) (*AlternativesAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), alternativeKeyParts)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	a := &alternatives{v: v, req: req, names: newNames(v), supplier: graph.NoNode,
		out: &AlternativesAnswer{Answer: newAnswer(v, req.Scope, req.assumptions()...), Inputs: []AlternativeInput{}, Items: []AlternativeRow{}, Paging: paging}}
	if err := a.subject(); err != nil {
		return nil, err
	}
	err = a.list(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		a.out.stop(StoppedByDeadline)
		a.out.warn("the time was over before alternatives were looked for")
		return a.out, nil
	}
	if err != nil {
		return nil, err
	}
	a.heads()
	a.page(key)
	return inGroups(v, a.out, req.Company, req.Supplier), nil
}

// alternatives answers one request.
type alternatives struct {
	v                 *graph.View
	req               AlternativesRequest
	names             *names
	company, supplier graph.Node
	wanted            productSet // nil: all
	finder            *standInFinder
	inputs            []*inputToCover
	rows              []alternativeFound
	solved            bool // whom they hang on is known
	out               *AlternativesAnswer
}

// inputToCover is a product that a company buys, with those who supply it and who are to be stood in for.
type inputToCover struct {
	product    graph.Node
	rels       []graph.Rel
	suppliers  []graph.Node // of it, in the order of ids
	incumbents []graph.Node // of these, those to stand in for
	at         int          // of the answer's inputs
}

// trialStages are the stages that show what a company can do, or tries to.
var trialStages = graph.StagesOf("unknown", "announced", "sampling", "qualified", "volume")

// withTrials is the filter that lets trials count too.
func withTrials(f graph.Filter) graph.Filter {
	f.Stages |= trialStages
	return f
}

func (a *alternatives) subject() error {
	filter := a.req.filter()
	a.finder = newStandInFinder(a.v, filter, withTrials(filter), newProductKin(a.v))
	var err error
	if a.company, err = a.v.Lookup(graph.KindCompany, a.req.Company); err != nil {
		return err
	}
	a.out.Company = refOf(a.v, graph.KindCompany, a.company)
	if a.req.Product != "" {
		product, err := a.v.Lookup(graph.KindProduct, a.req.Product)
		if err != nil {
			return err
		}
		ref := refOf(a.v, graph.KindProduct, product)
		a.wanted, a.out.Product = withDescendants(a.v, product), &ref
	}
	if a.req.Supplier != "" {
		if a.supplier, err = a.v.Lookup(graph.KindCompany, a.req.Supplier); err != nil {
			return err
		}
		ref := refOf(a.v, graph.KindCompany, a.supplier)
		a.out.Supplier = &ref
	}
	a.inputs = inputsToCover(a.v, a.finder.flows, a.company, a.wanted, a.supplier)
	if len(a.inputs) == 0 {
		return a.nothing()
	}
	return nil
}

// nothing says that the company does not buy what was asked about.
func (a *alternatives) nothing() error {
	what := "anything"
	if a.out.Product != nil {
		what = a.out.Product.Name
	}
	who := "nobody is documented to supply"
	if a.out.Supplier != nil {
		who = a.out.Supplier.Name + " is not documented to supply"
	}
	a.out.warn(fmt.Sprintf("%s %s with %s under these conditions", who, a.out.Company.Name, what))
	return nil
}

// inputsToCover are what a company buys, by the ids of the products; of the products wanted, unless that is nil, and,
// where one is named, from this supplier. A company is no supplier of its own.
func inputsToCover(v *graph.View, active graph.Activity, company graph.Node, wanted productSet, supplier graph.Node) (out []*inputToCover) {
	products, byProduct := suppliedBy(v, active, company)
	for _, p := range products {
		if wanted != nil && !wanted[p] {
			continue
		}
		in := &inputToCover{product: p, at: len(out)}
		for _, s := range byProduct[p] {
			if s.supplier == company {
				continue
			}
			in.rels, in.suppliers = append(in.rels, s.rel), append(in.suppliers, s.supplier)
			if supplier == graph.NoNode || s.supplier == supplier {
				in.incumbents = append(in.incumbents, s.supplier)
			}
		}
		if len(in.incumbents) > 0 {
			out = append(out, in)
		}
	}
	return out
}

// list finds the alternatives of all inputs, and whom they hang on.
func (a *alternatives) list(ctx context.Context) error {
	var products []graph.Node
	for _, in := range a.inputs {
		if in.product != graph.NoNode {
			products = append(products, in.product)
		}
	}
	if err := a.finder.find(ctx, products); err != nil {
		return err
	}
	for _, in := range a.inputs {
		a.ofInput(in)
	}
	err := a.solve(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		a.out.stop(StoppedByDeadline)
		a.out.warn("the time was over before it was known which alternatives hang on the suppliers that they would stand in for")
		return nil
	}
	a.solved = err == nil
	return err
}

// ofInput finds the alternatives of one input.
func (a *alternatives) ofInput(in *inputToCover) {
	if in.product == graph.NoNode {
		return
	}
	list := a.finder.of(in.product, 0)
	for i := range list.first {
		x := &list.first[i]
		if x.company == a.company || len(in.incumbents) == 1 && x.company == in.incumbents[0] {
			continue
		}
		row := alternativeFound{stand: x, of: in}
		row.Input, row.Alternative, row.Hangs = a.names.ref(graph.KindProduct, in.product), a.finder.alternative(x, a.names), []HangsOn{}
		a.rows = append(a.rows, row)
	}
}

// solve stops each incumbent alone and tells what the alternatives to it lose.
func (a *alternatives) solve(ctx context.Context) error {
	all := newDamage()
	for _, in := range a.inputs {
		for _, n := range in.incumbents {
			all.company(n, lost{1, 1})
		}
	}
	net, err := newProduction(a.v, a.finder.flowing).reached(ctx, all)
	if err != nil {
		return err
	}
	d := DisruptionRequest{Assume: a.req.Assume}
	run := net.run(d.options())
	defer net.runs.Put(run)
	incumbents := slices.Collect(maps.Keys(all.companies))
	order := least{v: a.v}
	slices.SortFunc(incumbents, order.compare)
	for _, incumbent := range incumbents {
		if err := net.whenStopped(ctx, run, incumbent); err != nil {
			return err
		}
		for i := range a.rows {
			a.rows[i].hang(incumbent, net, run, a.names)
		}
	}
	return nil
}

// hang adds what the alternative loses when the incumbent stops, which the run has solved.
func (r *alternativeFound) hang(incumbent graph.Node, net *network, run *loss.Run, names *names) {
	if incumbent == r.stand.company || !slices.Contains(r.of.incumbents, incumbent) {
		return
	}
	n := net.nodeOf(r.stand.company, r.stand.product)
	if n == loss.Nobody {
		return
	}
	if l := (lost{rounded(run.Low(n)), rounded(run.High(n))}); l.high > 0 {
		r.Hangs = append(r.Hangs, HangsOn{names.ref(graph.KindCompany, incumbent), bounds(l)})
	}
}

// worst is the supplier on which the alternative hangs most; nil where it hangs on none.
func (r *alternativeFound) worst() *HangsOn {
	var worst *HangsOn
	for i := range r.Hangs {
		if h := &r.Hangs[i]; worst == nil || cmp.Or(cmp.Compare(h.Loss.High, worst.Loss.High), cmp.Compare(h.Loss.Low, worst.Loss.Low)) > 0 {
			worst = h
		}
	}
	return worst
}

// heads writes the inputs.
func (a *alternatives) heads() {
	shares := newShares(a.v, a.finder.flowing)
	for _, in := range a.inputs {
		head := AlternativeInput{Product: a.names.product(in.product), ListComplete: listComplete(a.v, a.finder.flowing, a.company, in.product), Suppliers: []InputSupplier{}}
		for i, n := range in.suppliers {
			head.Suppliers = append(head.Suppliers, InputSupplier{a.names.ref(graph.KindCompany, n), shares.ofInput(in.rels[i])})
			folded := a.v.FoldHead(in.rels[i], a.finder.flowing)
			a.out.count(a.v, &folded, a.finder.flowing)
		}
		independent := 0
		for i := range a.rows {
			if a.rows[i].of == in {
				head.Alternatives++
				count(&independent, len(a.rows[i].Hangs) == 0)
			}
		}
		if a.solved {
			head.Independent = &independent
		}
		a.out.Inputs = append(a.out.Inputs, head)
	}
}

// state says how far the alternative is documented, and what it supplies to the company already.
func (a *alternatives) state(row *alternativeFound) {
	row.Stage, row.Doubt = a.finder.stage(row.stand), a.finder.doubt(row.stand)
	row.Same = slices.Contains(row.of.suppliers, row.stand.company)
	row.Supplies = []Ref{}
	already, trial, supplies := a.finder.dealings(row.stand.company, a.company, row.of.product)
	row.Already, row.Trial = already, trial
	for _, p := range supplies {
		row.Supplies = append(row.Supplies, a.names.ref(graph.KindProduct, p))
	}
	slices.SortFunc(row.Supplies, compareRefs)
}

// alternativeKeyParts is how many parts the key of a row has.
const alternativeKeyParts = 4

// key is what a cursor holds of a row; keys are in the order of the rows.
func (r *alternativeFound) key() []string {
	share := "1"
	if s := r.MarketShare; s != nil {
		share = fmt.Sprintf("0 %.9f %.9f", 1-s.Low, 1-s.High)
	}
	return []string{r.Input.ID, fmt.Sprint(r.stand.match), share, r.ID}
}

// page cuts the part asked for, and fills its rows.
func (a *alternatives) page(after []string) {
	rows, total := a.rows, len(a.rows)
	a.out.Total = &total
	slices.SortStableFunc(rows, func(x, y alternativeFound) int { return slices.Compare(x.key(), y.key()) })
	if after != nil {
		at, found := slices.BinarySearchFunc(rows, after, func(r alternativeFound, key []string) int { return slices.Compare(r.key(), key) })
		if found {
			at++
		}
		rows = rows[at:]
	}
	if n := a.req.Limit; n > 0 && len(rows) > n {
		rows = rows[:n]
		a.out.NextCursor = nextCursor(a.v, a.req.Scope, a.req.question(), rows[n-1].key()...)
		a.out.stop(StoppedByLimit)
	}
	for i := range rows {
		row := &rows[i]
		a.state(row)
		row.NameZH = a.v.HanName(graph.KindCompany, row.stand.company)
		if a.solved {
			row.Loss = bounds(lost{})
			if worst := row.worst(); worst != nil {
				row.Loss = worst.Loss
			}
		}
		row.Sentence = a.sentence(row)
		a.out.Items = append(a.out.Items, row.AlternativeRow)
	}
}

// sentence is a row in words.
func (a *alternatives) sentence(r *alternativeFound) string {
	var b strings.Builder
	b.WriteString(r.Name + " " + r.can())
	if s := r.MarketShare; s != nil {
		fmt.Fprintf(&b, ", with %s of the market", LossText(s))
	}
	b.WriteString(doubtText(r.Doubt))
	buyer := a.out.Company.Name
	switch {
	case r.Same:
		fmt.Fprintf(&b, "; it is one of the suppliers of %s to %s already", r.Input.Name, buyer)
	case r.Trial != "":
		fmt.Fprintf(&b, "; %s is documented to be trying it (%s), which is no supply yet", buyer, r.Trial)
	case r.Already:
		fmt.Fprintf(&b, "; it supplies other things to %s already", buyer)
	}
	switch worst := r.worst(); {
	case !a.solved:
	case worst != nil:
		fmt.Fprintf(&b, "; it hangs on %s itself: if that stops, it loses %s", worst.Supplier.Name, BoundsText(worst.Loss))
	case len(r.of.incumbents) == 1:
		fmt.Fprintf(&b, "; nothing documented ties it to %s", a.v.Name(graph.KindCompany, r.of.incumbents[0]))
	default:
		b.WriteString("; nothing documented ties it to the other suppliers")
	}
	return b.String() + "."
}

// doubtText says what speaks against an alternative.
func doubtText(doubt string) string {
	return map[string]string{"ended": "; somebody says that this ended", "denied": "; somebody denies it"}[doubt]
}

// can says what the company is documented to do.
func (r *AlternativeRow) can() string {
	verb := map[string]string{"makes": "makes ", "supplies": "supplies "}[r.How]
	switch r.Stage {
	case "announced":
		verb = map[string]string{"makes": "is announced to make ", "supplies": "is announced to supply "}[r.How]
	case "sampling":
		verb = map[string]string{"makes": "samples ", "supplies": "sends samples of "}[r.How]
	}
	switch r.Match {
	case "kind":
		return verb + r.Product.Name + ", a kind of " + r.Input.Name
	case "broader":
		return verb + r.Product.Name + "; whether that includes " + r.Input.Name + " is not documented"
	}
	return verb + r.Product.Name
}

// stage is how far a stand-in is documented: the stage of what flows, else of the trial.
func (f *standInFinder) stage(x *standIn) string {
	if x.flows {
		return f.v.FoldHead(x.rel, f.flowing).Stage
	}
	return f.v.FoldHead(x.rel, f.counts).Stage
}
