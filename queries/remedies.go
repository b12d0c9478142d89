package queries

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// DefaultRemedyShare is the part of the intake that a second source takes over unless a question says otherwise.
const DefaultRemedyShare = 0.3

// RemediesRequest asks which second source lowers a company's worst loss most.
type RemediesRequest struct {
	Company string // id, identifier, name or alias
	Scope
	Page
	// Product is the input for which second sources are tried, with every kind of it that the company buys; all inputs
	// when empty.
	Product string
	// Share is the part of the company's intake of an input that a second source takes over; DefaultRemedyShare when 0.
	Share float64
	// IfStops is the scenario in which the loss is to be lowered: what a [Target] names. Without it, it is the worst loss
	// over the stops of single companies upstream.
	IfStops *Target
	// Assume, Undocumented and ProductLevel are those of a [DisruptionRequest].
	Assume       []string
	Undocumented string
	ProductLevel string
	Progress     func(done, total int) `json:"-"` // called now and then, from any goroutine
}

// RemediesAnswer ranks second sources by what they help. Its coverage is over the relations of the inputs looked at.
type RemediesAnswer struct {
	Answer
	Company  Ref           `json:"company" doc:"The company asked about"`
	Product  *Ref          `json:"product" doc:"The only input looked at, with its kinds; null: all"`
	Share    float64       `json:"share" doc:"Part of the intake of an input that a second source takes over"`
	Question string        `json:"question" doc:"The question as it was understood, in words"`
	Targets  []TargetRow   `json:"targets" doc:"What stops, where that was named, and what of the network it is; empty where the stops of single companies are looked at"`
	Stops    int           `json:"stops" doc:"Companies upstream that are stopped, one at a time: the nearest; 0 where it was named what stops"`
	Farther  int           `json:"stops_left_out" doc:"Companies upstream that are not stopped: those farther away than the nearest 5,000, or than there was time for"`
	Worst    *WorstLoss    `json:"worst" doc:"What is lost as it is; null where there was no time to find out"`
	Mean     *Interval     `json:"mean_loss" doc:"The mean of the losses over all stops, or, where it was named what stops, over the lines of the company"`
	Largest  []StopLoss    `json:"largest" doc:"The stops that may cost most as it is, at most ten; empty where it was named what stops"`
	Verdict  string        `json:"verdict" doc:"The answer in words"`
	Tried    int           `json:"tried" doc:"Second sources that were tried: pairs of an input and a supplier"`
	Nothing  int           `json:"no_help" doc:"Of these, those that lower nothing; they are not listed"`
	LeftOut  int           `json:"left_out" doc:"Second sources that were not tried: those documented less well of an input with many, or all that there was no time for"`
	Inputs   []RemedyInput `json:"inputs" doc:"The inputs looked at, by id"`
	Items    []RemedyRow   `json:"items" doc:"By the fall of the worst loss at most, then at least, then of the mean loss at most, then at least, then by input"`
	Paging
}

// WorstLoss is the worst that a stop may cost.
type WorstLoss struct {
	Loss  *Interval `json:"loss" doc:"Part of its output that the company loses in the worst case, at least and at most"`
	Stop  *Ref      `json:"stop" doc:"The company whose stop may cost most, the nearest of several; null where it was named what stops, or nothing costs anything"`
	Alike int       `json:"alike" doc:"Stops that may cost just as much"`
}

// StopLoss is what the stop of a company costs.
type StopLoss struct {
	Ref
	Tier  int       `json:"tier" doc:"Hops to the company asked about"`
	Loss  *Interval `json:"loss" doc:"As it is"`
	After *Interval `json:"loss_after" doc:"With the second source; null where none is supposed"`
}

// RemedyInput is a product that the company buys, and what a second source of it would help.
type RemedyInput struct {
	Product   *Ref      `json:"product" doc:"null: relations that state no product, for which no second source can be supposed"`
	Suppliers int       `json:"suppliers" doc:"Documented suppliers"`
	Others    int       `json:"others" doc:"Others that are documented to make or supply it"`
	Loss      *Interval `json:"loss" doc:"What is lost of it where it was named what stops; else null"`
	Eases     int       `json:"eases" doc:"Stops that cost less at most once a supplier that depends on nobody documented takes over its part; where it was named what stops, 1 if that costs less"`
	// Why and Instead are empty where a second source eases something.
	Why     string    `json:"why,omitempty" doc:"Why a second source of this input alone eases nothing"`
	Instead *CauseHop `json:"instead" doc:"The hop by which as much is lost all the same when a supplier of this input stops; null where a second source eases something, or it was named what stops"`
}

// The two kinds of second source.
const (
	RemedyNew      = "new"      // somebody who does not supply the input yet
	RemedyEnlarged = "enlarged" // somebody who does
)

// RemedyRow is a second source, or several that help just as much.
type RemedyRow struct {
	Input Ref            `json:"input" doc:"What it brings"`
	Kind  string         `json:"kind" enum:"new,enlarged" doc:"new: it does not supply this input yet; enlarged: it does, and its part rises"`
	By    []RemedySource `json:"second_sources" doc:"Who: any one of them, at most ten; first those that are documented best"`
	Count int            `json:"count" doc:"How many there are"`
	// Competitors tells of all of them.
	Competitors int `json:"competitors" doc:"How many of them compete with the company: stated to, or documented to sell a product that it sells too"`
	// Open is whether anybody who depends on nobody documented would do as well.
	Open  bool  `json:"open" doc:"Any other supplier that depends on nobody documented would help as much"`
	Names []Ref `json:"names" doc:"The same as second_sources, by id and name"`
	// Worst, WorstStop and Alike are those of a [WorstLoss].
	Worst     *Interval  `json:"worst_loss" doc:"Part of its output that the company loses in the worst case with it, the stop of the second source itself included"`
	WorstStop *Ref       `json:"worst_stop" doc:"The company whose stop may then cost most, the nearest of several; null where it was named what stops, or nothing costs anything"`
	Alike     int        `json:"worst_alike" doc:"Stops that may then cost just as much"`
	OwnStop   *Interval  `json:"own_stop" doc:"What the stop of the second source itself costs then; null where it was named what stops"`
	Mean      *Interval  `json:"mean_loss" doc:"The mean loss with it"`
	Eased     int        `json:"eased" doc:"Stops that cost less at most, or for certain; where it was named what stops, lines that lose less"`
	Worse     int        `json:"worse" doc:"Stops, or lines, that cost more at most: the second source depends on them"`
	Most      []StopLoss `json:"most_eased" doc:"The stops that are eased most, at most ten"`
	Largest   []StopLoss `json:"largest" doc:"The largest exposures as it is, and with the second source"`
	// Sentence, Scenario and Command speak of the first of the second sources.
	Sentence string   `json:"sentence"`
	Caveat   string   `json:"caveat" doc:"What is not known of it"`
	Scenario Scenario `json:"scenario" doc:"The first of the second sources as a scenario, for the stop that it eases most, or what was named"`
	Command  string   `json:"command" doc:"Tells the losses before and after, given the scenario on standard input"`
}

// RemedySource is a supplier that could be the second source.
type RemedySource struct {
	ID      string `json:"id,omitempty" doc:"Absent of a supplier that no source names"`
	Name    string `json:"name"`
	NameZH  string `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country string `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Product *Ref   `json:"product" doc:"What it is documented to make or supply; null of a supplier that no source names"`
	Match   string `json:"match,omitempty" enum:"same,kind,broader" doc:"Whether that is the input itself, a kind of it, or what it is a kind of"`
	How     string `json:"how,omitempty" enum:"makes,supplies"`
	Stage   string `json:"stage,omitempty" doc:"Stage in which it is documented; announced and sampling are no supply"`
	Doubt   string `json:"doubt,omitempty" enum:"ended,denied" doc:"A claim says that what it is documented by ended, or denies it; absent where none does"`
	Trial   string `json:"trial,omitempty" doc:"Stage in which the company is documented to try it: announced or sampling; absent when it is not"`
	// Controller and Related are left out where groups count as one company.
	Controller *Ref  `json:"controlled_by" doc:"The company at the head of those that control it, by a majority or as stated; null where none is documented, or groups count as one company"`
	Related    []Ref `json:"same_control" doc:"Suppliers of the input that are under the same control: they control it, it controls them, or one company controls both"`
	// Competitor and SellsToo do not rank.
	Competitor bool      `json:"competitor" doc:"A relation states that it and the company compete (associated, role competitor)"`
	SellsToo   []Ref     `json:"sells_too" doc:"Products that both it and the company are documented to make, or to supply to somebody, by id"`
	Already    bool      `json:"already_supplier" doc:"It supplies the company already, with whatever"`
	Market     *Interval `json:"market_share" doc:"null when no claim states one"`
}

// Rows are the items of the list, a slice.
func (a *RemediesAnswer) Rows() any { return a.Items }

// Resolve checks the request and spells out what it leaves to defaults, apart from the page and names.
func (req RemediesRequest) Resolve() (RemediesRequest, error) {
	target := Target{Company: "any"}
	if req.IfStops != nil {
		target = *req.IfStops
	}
	d, err := DisruptionRequest{Scenario: Scenario{Targets: []Target{target}}, Assume: req.Assume, Undocumented: req.Undocumented, ProductLevel: req.ProductLevel}.Resolve()
	if err != nil {
		return req, err
	}
	req.Assume, req.Undocumented, req.ProductLevel = d.Assume, d.Undocumented, d.ProductLevel
	if req.IfStops != nil {
		req.IfStops = &d.Scenario.Targets[0]
	}
	if req.Share == 0 {
		req.Share = DefaultRemedyShare
	}
	if !(req.Share > 0 && req.Share <= 1) {
		return req, fmt.Errorf("%w: share %v; allowed: more than 0, up to 1", graph.ErrInvalid, req.Share)
	}
	return req, nil
}

// question is the request without what a cursor or the scope holds, written out: a target is behind a pointer.
func (req RemediesRequest) question() any {
	req.Page, req.Scope, req.Progress = Page{}, Scope{}, nil
	text, _ := json.Marshal(req) // requests always encode
	return string(text)
}

// disruption is the request as the question of a scenario takes it.
func (req *RemediesRequest) disruption() DisruptionRequest {
	return DisruptionRequest{Scope: req.Scope, Assume: req.Assume, Undocumented: req.Undocumented, ProductLevel: req.ProductLevel}
}

func (req *RemediesRequest) assumptions() []string {
	out := []string{
		fmt.Sprintf("a second source takes over %s of the company's intake of one input, in every line that needs it; the parts of the other suppliers go down alike, and what nobody states of them stays unknown", percentText(req.Share)),
		"a supplier that supplies the input already keeps its part and gets this on top",
		"whether a second source has the capacity, would qualify, or at what price, nobody says: announced and sampled supply is marked, and is no supply yet",
		"the stop of a company that controls a second source costs no less than without it; where groups count as one company, what it controls stops with it",
		"a new supplier that no source names depends on nobody, and is in no country that stops",
	}
	if req.IfStops == nil {
		out = append(out, "the worst loss is over the stops of single companies upstream as it is, each as likely in the mean, and of the second source itself; who stands behind a new one costs no more than it does")
	} else if req.IfStops.By == ByOrigin {
		out = append(out, "a second source is taken to ship from the country of its headquarters")
	}
	d := req.disruption()
	return append(out, d.assumptions()...)
}

// Remedies ranks second sources by how much they lower a company's worst loss: see docs/queries/remedies.md. Errors wrap
// graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Remedies(ctx context.Context, v *graph.View, req RemediesRequest) (*RemediesAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), remedyKeyParts)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	d := req.disruption()
	x := &remedies{v: v, req: req, filter: req.filter(), options: d.options(), names: newNames(v),
		out: &RemediesAnswer{Answer: newAnswer(v, req.Scope, req.assumptions()...), Share: req.Share, Targets: []TargetRow{}, Largest: []StopLoss{},
			Inputs: []RemedyInput{}, Items: []RemedyRow{}, Paging: paging}}
	if err := x.subject(); err != nil {
		return nil, err
	}
	err = x.find(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		x.out.stop(StoppedByDeadline)
		x.out.warn("the time was over before all second sources were tried")
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if x.out.Farther > 0 {
		x.out.warn(fmt.Sprintf("of the %d companies upstream the %d nearest are stopped: one farther away may cost more", x.out.Stops+x.out.Farther, x.out.Stops))
	}
	if err := x.withControllers(ctx); err != nil {
		return nil, err
	}
	x.answer(key)
	asked := []string{req.Company}
	if req.IfStops != nil && req.IfStops.Company != "" {
		asked = append(asked, req.IfStops.Company)
	}
	return inGroups(v, x.out, asked...), nil
}

// remedies answers one request.
type remedies struct {
	v       *graph.View
	req     RemediesRequest
	filter  graph.Filter
	options loss.Options
	names   *names
	company graph.Node
	wanted  productSet // nil: all
	finder  *standInFinder
	inputs  []*inputToCover
	stops   []graph.Node // everything upstream, by tier, then id
	ends    []int        // where the tiers end in it, tier 1 first
	near    []graph.Node // the company and everything upstream, by id
	turns   int          // see maxTurns; the tests have fewer
	touched []bool       // by company: what the stop of one upstream may reach
	control *control     // nil where groups count as one company
	hit     *damage      // what was named, if anything
	compete *competition // nil until it is asked for
	base    *judged
	cases   []*remedyCase
	out     *RemediesAnswer
}

func (x *remedies) subject() error {
	var err error
	if x.company, err = x.v.Lookup(graph.KindCompany, x.req.Company); err != nil {
		return err
	}
	x.out.Company = refOf(x.v, graph.KindCompany, x.company)
	if x.req.Product != "" {
		product, err := x.v.Lookup(graph.KindProduct, x.req.Product)
		if err != nil {
			return err
		}
		ref := refOf(x.v, graph.KindProduct, product)
		x.wanted, x.out.Product = withDescendants(x.v, product), &ref
	}
	x.finder = newStandInFinder(x.v, x.filter, withTrials(x.filter), newProductKin(x.v))
	x.inputs = inputsToCover(x.v, x.finder.flows, x.company, x.wanted, graph.NoNode)
	return x.aim()
}

// aim says what the question is, and looks up what stops.
func (x *remedies) aim() error {
	of := ""
	if x.out.Product != nil {
		of = " of " + x.out.Product.Name
	}
	x.out.Question = fmt.Sprintf("Which second source%s lowers most what %s loses in the worst case, when one company upstream stops?", of, x.out.Company.Name)
	if x.req.IfStops == nil {
		return nil
	}
	a := aimer{p: newProduction(x.v, x.filter), d: newDamage(), worst: x.options.WorstUndocumented}
	row, err := a.aim(context.Background(), *x.req.IfStops)
	if err != nil {
		return err
	}
	x.out.Targets = append(x.out.Targets, row)
	x.out.Question = fmt.Sprintf("Which second source%s lowers most what %s loses when %s stops?", of, x.out.Company.Name, row.Text)
	if row.Companies+row.Lines+row.Relations == 0 {
		x.out.warn(fmt.Sprintf("%s: nothing that is documented under these conditions", row.Text))
	}
	x.hit = a.d
	if x.spare(a.d) {
		x.out.warn(fmt.Sprintf("%s is part of what stops: only what comes to it from others is counted", x.out.Company.Name))
	}
	return nil
}

// find finds the second sources that there may be and tries them.
func (x *remedies) find(ctx context.Context) error {
	var products []graph.Node
	for _, in := range x.inputs {
		if in.product != graph.NoNode {
			products = append(products, in.product)
		}
	}
	if err := x.finder.find(ctx, products); err != nil {
		return err
	}
	var err error
	if x.near, x.ends, err = around(ctx, x.v, x.finder.flows, []graph.Node{x.company}, Upstream); err != nil {
		return err
	}
	if x.req.IfStops == nil {
		x.stops = slices.Clone(x.near[1:min(len(x.near), maxStops+1)])
		x.stopped(len(x.stops))
	}
	order := least{v: x.v}
	slices.SortFunc(x.near, order.compare)
	if x.touched, err = x.reach(ctx); err != nil {
		return err
	}
	return x.try(ctx)
}

// maxStops is how many companies upstream are stopped at most.
const maxStops = 5000

// stopped notes how many companies are stopped, of all upstream.
func (x *remedies) stopped(n int) {
	x.stops = x.stops[:n]
	x.out.Stops, x.out.Farther = n, len(x.near)-1-n
}

// reach are the companies that the stop of one upstream may reach.
func (x *remedies) reach(ctx context.Context) ([]bool, error) {
	list, _, err := around(ctx, x.v, x.finder.flows, x.near, Downstream)
	seen := make([]bool, x.v.NodeCount(graph.KindCompany))
	for _, c := range list {
		seen[c] = true
	}
	return seen, err
}

// tier is the number of hops from stop number i to the company.
func (x *remedies) tier(i int) int {
	at, _ := slices.BinarySearch(x.ends, i+2) // ends count the company too
	return at
}
