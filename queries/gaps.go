package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// How many exposures a gap is measured by, how many facts are solved again, and after how many years a number is stale,
// unless a question says otherwise.
const (
	DefaultGapExposures  = 10
	MaxGapExposures      = 100
	DefaultGapCandidates = 200
	MaxGapCandidates     = 10_000
	DefaultStaleYears    = 3
)

// GapsRequest asks which facts about a company's supply chain are most worth finding out.
type GapsRequest struct {
	Company string // id, identifier, name or alias
	Scope
	Page
	// Assume, Undocumented and ProductLevel are those of a [DisruptionRequest].
	Assume       []string
	Undocumented string
	ProductLevel string
	// Exposures is how many of the largest exposures count; DefaultGapExposures when 0.
	Exposures int
	// Candidates is how many facts are solved again, those first that a rule of thumb puts first; DefaultGapCandidates
	// when 0.
	Candidates int
	// StaleYears is how old a stated number may be before it is asked for again; DefaultStaleYears when 0, never when
	// negative.
	StaleYears int

	Progress func(work string, done, total int) // called now and then, from one goroutine at a time
}

// GapsAnswer lists facts worth finding out.
type GapsAnswer struct {
	Answer
	Company   Ref           `json:"company" doc:"The company asked about"`
	Exposures []GapExposure `json:"exposures" doc:"The largest exposures, by which the value of a fact is measured"`
	Around    int           `json:"companies" doc:"Companies documented upstream of the company"`
	Facts     int           `json:"facts" doc:"Facts that are not known, disputed or stale, and that one of these exposures may rest on"`
	Solved    int           `json:"solved" doc:"Of these, those for which the network was solved again under every answer that they may have"`
	Passed    int           `json:"passed_over" doc:"Of these, those that were not, because a rule of thumb puts them behind the others"`
	LeftOut   int           `json:"left_out" doc:"Of these, those that there was no time for"`
	Items     []GapRow      `json:"items" doc:"What is most worth finding out first"`
	Paging
}

// GapExposure is what a company loses when one company upstream stops.
type GapExposure struct {
	Ref
	Tier int       `json:"tier" doc:"Least number of hops"`
	Loss *Interval `json:"loss_if_stopped"`
}

// GapRow is a fact worth finding out.
type GapRow struct {
	Asked     Ref            `json:"asked" doc:"Who knows it"`
	Question  string         `json:"question" doc:"In words, put to whom it is asked"`
	Why       string         `json:"why" doc:"What knowing it would narrow: alone, or, where that is nothing, beside everything else"`
	Value     float64        `json:"value" doc:"What it is worth: the mean of first and last"`
	First     float64        `json:"value_first" doc:"What it is worth as the first fact that is found out: the mean fall of the widths of the largest exposures, over the answers that it may have"`
	Last      float64        `json:"value_last" doc:"What it is worth as the last one: the mean width that it alone leaves them, were everything else known"`
	State     string         `json:"state" enum:"unknown,disputed,stale" doc:"unknown: nobody states it; disputed: claims differ; stale: it is stated, of long ago"`
	Present   string         `json:"present" doc:"What is known of it now, in words"`
	Period    string         `json:"period" doc:"The period that is asked about: of a disputed number one that counts before what is disputed; empty where it is the date of the answer"`
	Supplier  *Ref           `json:"supplier" doc:"null where the question is about all suppliers of the input"`
	Suppliers []Ref          `json:"suppliers" doc:"The suppliers of the relations"`
	Buyer     Ref            `json:"buyer"`
	Product   *Ref           `json:"product" doc:"null when not stated"`
	Field     string         `json:"field" enum:"share_of_input,complete_list,essential,used_in,cost_share,revenue_share" doc:"The field of the relations that an answer states"`
	Allowed   string         `json:"allowed" doc:"What may be answered"`
	Tier      int            `json:"tier" doc:"Hops from the buyer to the company asked about; 0 where it is the buyer"`
	Relations []string       `json:"relations" doc:"Ids of the relations that an answer is about"`
	Narrows   []GapNarrowing `json:"narrows" doc:"The exposures that it would narrow, the most narrowed first; as the first fact found out, or, where that narrows none, as the last"`

	holds string // when the relations hold, for a questionnaire
}

// GapNarrowing is an exposure before and after a fact is known.
type GapNarrowing struct {
	Exposure Ref       `json:"exposure"`
	Before   *Interval `json:"before" doc:"Of a stale number: what it would be, did that no longer hold"`
	After    *Interval `json:"after" doc:"The mean of the bounds over the answers"`
}

// Rows are the items of the list, a slice.
func (a *GapsAnswer) Rows() any { return a.Items }

// Resolve checks the request and spells out what it leaves to defaults, apart from the page and names.
func (req GapsRequest) Resolve() (GapsRequest, error) {
	d, err := DisruptionRequest{Scenario: Scenario{Targets: []Target{{Company: "any"}}}, Assume: req.Assume, Undocumented: req.Undocumented,
		ProductLevel: req.ProductLevel}.Resolve()
	if err != nil {
		return req, err
	}
	req.Assume, req.Undocumented, req.ProductLevel = d.Assume, d.Undocumented, d.ProductLevel
	for _, n := range []struct {
		value          *int
		name           string
		standard, most int
	}{{&req.Exposures, "exposures", DefaultGapExposures, MaxGapExposures}, {&req.Candidates, "candidates", DefaultGapCandidates, MaxGapCandidates}} {
		if *n.value == 0 {
			*n.value = n.standard
		}
		if *n.value < 1 || *n.value > n.most {
			return req, fmt.Errorf("%w: %s %d; allowed: 1 to %d", graph.ErrInvalid, n.name, *n.value, n.most)
		}
	}
	if req.StaleYears == 0 {
		req.StaleYears = DefaultStaleYears
	}
	return req, nil
}

func (req GapsRequest) question() any {
	req.Page, req.Scope, req.Progress = Page{}, Scope{}, nil
	return req
}

func (req *GapsRequest) exposure() ExposureRequest {
	return ExposureRequest{Company: req.Company, Scope: req.Scope, Side: SideSupply, Over: OverCompanies, Assume: req.Assume, Undocumented: req.Undocumented,
		ProductLevel: req.ProductLevel, Sort: "upper"}
}

func (req *GapsRequest) assumptions() []string {
	d := req.disruption()
	out := append(d.assumptions(), fmt.Sprintf("what a fact is worth is measured by the %d largest exposures: what the company loses if one company upstream stops", req.Exposures),
		"shares may be anything of what the stated ones leave, and yes is as likely as no")
	if req.StaleYears > 0 && req.AsOf != "any" {
		out = append(out, fmt.Sprintf("a number is stale when the day that it was stated of is more than %s before", plural(req.StaleYears, "year", "years")))
	}
	return out
}

func (req *GapsRequest) disruption() DisruptionRequest {
	return DisruptionRequest{Scope: req.Scope, Assume: req.Assume, Undocumented: req.Undocumented, ProductLevel: req.ProductLevel, Sort: "upper"}
}

// gapKeyParts is how many parts the key of a row has.
const gapKeyParts = 3

// Gaps lists the facts that are most worth finding out: see docs/queries/gaps.md. Errors wrap graph.ErrInvalid,
// ErrNotFound and ErrAmbiguous.
func Gaps(ctx context.Context, v *graph.View, req GapsRequest) (*GapsAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), gapKeyParts)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	g := &gaps{v: v, req: req, names: newNames(v)}
	if g.company, err = v.Lookup(graph.KindCompany, req.Company); err != nil {
		return nil, err
	}
	g.out = &GapsAnswer{Answer: newAnswer(v, req.Scope, req.assumptions()...), Company: refOf(v, graph.KindCompany, g.company),
		Exposures: []GapExposure{}, Items: []GapRow{}, Paging: paging}
	switch err = g.find(ctx); {
	case errors.Is(err, context.DeadlineExceeded):
		g.out.stop(StoppedByDeadline)
	case err != nil:
		return nil, err
	}
	g.page(key)
	return inGroups(v, g.out, req.Company), nil
}

// gaps answers one request.
type gaps struct {
	v       *graph.View
	req     GapsRequest
	company graph.Node
	names   *names
	out     *GapsAnswer

	x        *exposure // everything upstream, and its network
	targets  []gapTarget
	facts    []*fact // that were solved again
	passing  []float64
	typical  map[graph.Rel]typical
	now      *gapWorld // the network as it is
	then     *gapWorld // as it would be, were everything known
	progress gapProgress
}

// find works out what the facts are worth.
func (g *gaps) find(ctx context.Context) error {
	if err := g.prepare(ctx); err != nil {
		return err
	}
	if len(g.targets) == 0 {
		return nil
	}
	companies, err := g.candidates(ctx)
	if err != nil {
		return err
	}
	return g.measure(ctx, companies)
}

// key is what a cursor holds of a fact; keys are in the order of the rows.
func (f *fact) key() []string {
	return []string{fmt.Sprintf("%04d %d %.9f %.9f", 1000-f.magnitude(), f.late(), 1-rounded(f.value), 1-rounded(f.alone.value)), fmt.Sprintf("%06d", f.tier),
		f.relations[0] + " " + f.field.String()}
}

func (f *fact) compare(o *fact) int {
	return cmp.Or(cmp.Compare(o.magnitude(), f.magnitude()), cmp.Compare(f.late(), o.late()), cmp.Compare(rounded(o.value), rounded(f.value)),
		cmp.Compare(rounded(o.alone.value), rounded(f.alone.value)), cmp.Compare(f.tier, o.tier),
		strings.Compare(f.relations[0]+" "+f.field.String(), o.relations[0]+" "+o.field.String()))
}

// magnitude is the power of two below which the value of a fact lies: values of one magnitude are nearly equal.
func (f *fact) magnitude() int {
	_, exponent := math.Frexp(rounded(f.value))
	return exponent
}

// late is 1 for a fact that narrows nothing alone: of nearly equal ones it comes later.
func (f *fact) late() int {
	if f.alone.value < leastGap {
		return 1
	}
	return 0
}

// page sorts the facts and writes the part of the list that is asked for.
func (g *gaps) page(after []string) {
	list := slices.DeleteFunc(g.facts, func(f *fact) bool { return f.value < leastGap })
	slices.SortFunc(list, (*fact).compare)
	total := len(list)
	if g.out.Complete {
		g.out.Total = &total
	}
	if after != nil {
		at, found := slices.BinarySearchFunc(list, after, func(f *fact, key []string) int { return slices.Compare(f.key(), key) })
		if found {
			at++
		}
		list = list[at:]
	}
	if n := g.req.Limit; n > 0 && len(list) > n {
		list = list[:n]
		if g.out.Complete {
			g.out.NextCursor = nextCursor(g.v, g.req.Scope, g.req.question(), list[n-1].key()...)
		}
		g.out.stop(StoppedByLimit)
	}
	seen := map[graph.Rel]bool{}
	for _, f := range list {
		g.out.Items = append(g.out.Items, g.row(f))
		for _, r := range f.rels {
			if !seen[r] {
				seen[r] = true
				head := g.v.FoldHead(r, g.x.filter)
				g.out.count(g.v, &head, g.x.filter)
			}
		}
	}
}

// leastGap is the least value of a fact that is listed: less is rounding.
const leastGap = 1e-6
