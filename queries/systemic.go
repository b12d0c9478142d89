package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/esri"
)

// SystemicRequest asks what part of all documented sales is lost when a company stops: the Economic Systemic Risk
// Index of Diem, Borsos, Reisch, Kertész and Thurner, Scientific Reports 12, 7719 (2022).
type SystemicRequest struct {
	Scope
	Page
	// Companies are those whose score is asked for: ids, identifiers, names or aliases; all when empty.
	Companies []string
	// Production is "linear", where each input counts by its part of the cost, or "essential", where a company cannot
	// produce without the inputs that are stated to be essential; linear when empty.
	Production string
	// Replaceability is "on", where the customers of a company that stops turn to the rest of its sector, or "off".
	Replaceability string
	// Eps stops as the authors do, after the round in which no company lost more than this.
	Eps float64
	// Error is the certified error wanted; DefaultError when both are 0.
	Error float64
	// Currency and Period are those of the values that count; where empty, those of the most relations.
	Currency, Period string
	// MissingValue is "leave_out", or "equal" to count a relation without value like the mean of the others.
	MissingValue string
	// Victims is how many of the companies that each one takes down are listed with it; of the whole list none, of
	// named companies DefaultVictims when 0.
	Victims int

	Progress func(done, total int) // called now and then, from any goroutine
	Keep     SystemicKeeper        // where scores are kept beyond this process; nil: nowhere
}

// SystemicKeeper keeps scores, so that a computation that was stopped goes on where it was. A key stands for one
// store, revision and set of parameters.
type SystemicKeeper interface {
	Load(key string) []byte // nil when there is nothing
	Save(key string, scores []byte)
}

const (
	DefaultError   = 1e-4 // of a score, certified
	DefaultVictims = 10   // of a company that was asked for by name
)

// Resolve checks the request and spells out its defaults. The scope is resolved apart.
func (req SystemicRequest) Resolve() (SystemicRequest, error) {
	var err error
	if req.Production, err = oneOf("production", req.Production, "linear", "essential"); err != nil {
		return req, err
	}
	if req.Replaceability, err = oneOf("replaceability", req.Replaceability, "on", "off"); err != nil {
		return req, err
	}
	if req.MissingValue, err = oneOf("missing_value", req.MissingValue, "leave_out", "equal"); err != nil {
		return req, err
	}
	if !(req.Eps >= 0 && req.Eps < 1) {
		return req, fmt.Errorf("%w: eps %v; allowed: above 0 and below 1 (the authors use 0.01), or 0 for a certified error", graph.ErrInvalid, req.Eps)
	}
	if req.Error != 0 && !(req.Error >= leastError && req.Error < 1) {
		return req, fmt.Errorf("%w: error %v; allowed: %v up to 1", graph.ErrInvalid, req.Error, leastError)
	}
	if req.Eps == 0 && req.Error == 0 {
		req.Error = DefaultError
	}
	if req.Victims < 0 {
		return req, fmt.Errorf("%w: victims %d; allowed: 0 or more", graph.ErrInvalid, req.Victims)
	}
	if req.Victims == 0 && len(req.Companies) > 0 {
		req.Victims = DefaultVictims
	}
	if req.Currency != "" {
		f, err := graph.ParseField(graph.FieldCurrency, req.Currency)
		if err != nil {
			return req, err
		}
		req.Currency = f.Text
	}
	if req.Period != "" {
		p, err := graph.ParsePeriod(req.Period)
		if err != nil {
			return req, fmt.Errorf("%w: period %q: %v", graph.ErrInvalid, req.Period, err)
		}
		req.Period = string(p)
	}
	return req, nil
}

// leastError is what rounding leaves room for.
const leastError = 1e-9

// question is what a cursor belongs to.
func (req SystemicRequest) question() any {
	return struct{ Question, Companies, Variant string }{"systemic-risk", strings.Join(req.Companies, "\x00"), req.variant()}
}

// variant is what the scores depend on beside the network and the scope.
func (req SystemicRequest) variant() string {
	return fmt.Sprint(req.Production, " ", req.Replaceability, " ", req.Eps, " ", req.Error, " ", req.Currency, " ", req.Period, " ", req.MissingValue)
}

// String is the request without what does not change the answer.
func (req SystemicRequest) String() string {
	return fmt.Sprint(req.Scope, req.Page, req.question(), req.Victims)
}

// SystemicAnswer lists companies by their score, the highest first, those of equal score by id.
type SystemicAnswer struct {
	Answer
	Production     string        `json:"production" enum:"linear,essential"`
	Replaceability string        `json:"replaceability" enum:"on,off"`
	Eps            float64       `json:"eps,omitempty" doc:"Loss of a round that ended the rounds"`
	Error          float64       `json:"error,omitempty" doc:"Certified error that was asked for"`
	Values         SystemicSums  `json:"values" doc:"The values that the scores rest on"`
	Computed       int           `json:"computed" doc:"Companies whose score is known by now"`
	Items          []SystemicRow `json:"items"`
	Paging
}

// SystemicSums tells what the scores rest on.
type SystemicSums struct {
	Currency  string  `json:"currency" doc:"ISO 4217; empty where no value is stated"`
	Period    string  `json:"period" doc:"Period of the values"`
	Total     float64 `json:"total" doc:"Sum of the values that count"`
	Relations int     `json:"relations" doc:"Relations that count"`
	LeftOut   int     `json:"left_out" doc:"Active relations without a value in that currency and period that were left out"`
	Imputed   int     `json:"imputed" doc:"Active relations without such a value that count like the mean of the others"`
	Companies int     `json:"companies" doc:"Companies with a relation that counts"`
	NoSector  int     `json:"no_sector" doc:"Of these, those whose sector is not known; each is taken for a sector of its own"`
	Essential int     `json:"essential" doc:"Relations that count and are stated to be essential"`
}

// SystemicRow is the score of a company.
type SystemicRow struct {
	Ref
	ESRI       *float64         `json:"esri" doc:"Part of all documented sales that is lost when the company stops; null where nothing it sells or buys has a value"`
	Downstream *float64         `json:"downstream" doc:"Lost for want of inputs"`
	Upstream   *float64         `json:"upstream" doc:"Lost for want of customers"`
	ErrorBound *float64         `json:"error_bound" doc:"The three are no further than this from the equations followed to their end; certified"`
	Reason     string           `json:"reason,omitempty" doc:"Why there is no score"`
	Share      float64          `json:"share" doc:"Part of all documented sales that are its own"`
	Sector     string           `json:"sector,omitempty" doc:"As it is stated"`
	Victims    []SystemicVictim `json:"victims,omitempty" doc:"Whom it takes down: the greatest parts of all sales first"`
}

// SystemicVictim is a company that another takes down.
type SystemicVictim struct {
	Ref
	Downstream float64 `json:"downstream" doc:"Part of its sales lost for want of inputs"`
	Upstream   float64 `json:"upstream" doc:"Part of its sales lost for want of customers"`
	Loss       float64 `json:"loss" doc:"The greater of both, as a part of all documented sales"`
}

// SystemicRisk computes the scores. Past its deadline it answers with the scores known by then, and the others go on
// from there when it is asked again. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func SystemicRisk(ctx context.Context, v *graph.View, req SystemicRequest) (*SystemicAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), 2)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	run, err := systemicOf(ctx, v, req)
	if err != nil {
		return nil, err
	}
	l := systemicList{v: v, req: req, run: run, nodes: companiesByID(v)}
	if l.wanted, err = l.ranks(); err != nil {
		return nil, err
	}
	l.out = &SystemicAnswer{Answer: newAnswer(v, req.Scope, run.assumptions(req)...), Production: req.Production, Replaceability: req.Replaceability,
		Eps: req.Eps, Error: req.Error, Values: run.sums, Items: []SystemicRow{}, Paging: paging}
	l.out.Coverage = run.coverage
	if run.sums.Relations == 0 {
		l.out.warn("no relation has a value: nothing can be scored; missing_value=equal counts each relation alike")
	}
	if err := run.compute(ctx, l.wanted, req.Progress, req.Keep); err != nil {
		stopped, err := deadline(ctx)
		if !stopped {
			return nil, cmp.Or(err, ctx.Err())
		}
		l.out.stop(StoppedByDeadline)
		l.out.warn("the time was over before all scores were known: the list holds those that are; ask again for the rest")
	}
	if err := l.fill(ctx, key); err != nil {
		return nil, err
	}
	return inGroups(v, l.out, req.Companies...), nil
}

// companiesByID are the companies in the order of ids: a company's place is its number in the kernel, so that sums run
// in that order.
func companiesByID(v *graph.View) []graph.Node { return slices.Collect(v.Nodes(graph.KindCompany)) }

// systemicList makes the rows.
type systemicList struct {
	v      *graph.View
	req    SystemicRequest
	run    *systemicRun
	nodes  []graph.Node
	wanted []int32
	out    *SystemicAnswer
}

// ranks are the companies to score.
func (l *systemicList) ranks() (list []int32, err error) {
	if len(l.req.Companies) == 0 {
		return l.run.linked, nil
	}
	place := make(map[graph.Node]int32, len(l.nodes))
	for i, n := range l.nodes {
		place[n] = int32(i)
	}
	for _, ref := range l.req.Companies {
		n, err := l.v.Lookup(graph.KindCompany, ref)
		if err != nil {
			return nil, err
		}
		list = append(list, place[n])
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// fill lists what is known in order, behind the key.
func (l *systemicList) fill(ctx context.Context, key []string) error {
	known := l.known()
	total := len(l.wanted)
	l.out.Total, l.out.Computed = &total, len(known)
	l.warnTrivial(known)
	from := 0
	if key != nil {
		score, id := parseFloat(key[0]), key[1]
		from, _ = slices.BinarySearchFunc(known, 0, func(i int32, _ int) int {
			if c := cmp.Compare(score, l.run.scores[i].ESRI); c > 0 || c == 0 && l.id(i) > id {
				return 1
			}
			return -1
		})
	}
	upTo := len(known)
	if l.req.Limit > 0 {
		upTo = min(upTo, from+l.req.Limit)
	}
	explainer := l.run.explainer()
	for _, i := range known[from:upTo] {
		row := l.row(i)
		if stopped, err := deadline(ctx); err != nil {
			return err
		} else if !stopped && l.req.Victims > 0 && row.ESRI != nil {
			row.Victims = l.victims(explainer, i)
		} else if stopped && l.req.Victims > 0 {
			l.out.stop(StoppedByDeadline)
		}
		l.out.Items = append(l.out.Items, row)
	}
	if upTo < len(known) {
		last := known[upTo-1]
		l.out.stop(StoppedByLimit)
		l.out.NextCursor = nextCursor(l.v, l.req.Scope, l.req.question(), number(l.run.scores[last].ESRI), l.id(last))
	}
	return nil
}

// trivialPart is the part of all that a score leaves open, 1 - score, from which on a bound says next to nothing.
const trivialPart = 0.9

// warnTrivial tells how many of the scores known could be nearly anything up to 1.
func (l *systemicList) warnTrivial(known []int32) {
	count := 0
	for _, i := range known {
		score := l.run.scores[i]
		open := 1 - min(score.ESRI, score.Downstream, score.Upstream)
		if l.run.has(i) && score.Error > max(DefaultError, l.req.Error) && score.Error >= trivialPart*open {
			count++
		}
	}
	switch {
	case count == 1:
		l.out.warn("1 score has only a trivial bound: see its error_bound; error asks for a certified one")
	case count > 1:
		l.out.warn(fmt.Sprintf("%d scores have only a trivial bound: see error_bound; error asks for a certified one", count))
	}
}

// known are the companies wanted whose score is known, in the order of the list.
func (l *systemicList) known() (list []int32) {
	l.run.mu.Lock()
	for _, i := range l.wanted {
		if l.run.have[i] || !l.run.has(i) {
			list = append(list, i)
		}
	}
	l.run.mu.Unlock()
	slices.SortStableFunc(list, func(a, b int32) int { // those of equal score stand in the order of ids
		return cmp.Compare(l.run.scores[b].ESRI, l.run.scores[a].ESRI)
	})
	return list
}

func (l *systemicList) id(i int32) string { return l.v.ID(graph.KindCompany, l.nodes[i]) }

func (l *systemicList) row(i int32) SystemicRow {
	n := l.nodes[i]
	row := SystemicRow{Ref: refOf(l.v, graph.KindCompany, n), Sector: l.v.NodeText(graph.KindCompany, n, graph.FieldSector)}
	if !l.run.has(i) {
		row.Reason = "nothing that it sells or buys has a value that counts"
		return row
	}
	score := l.run.scores[i]
	row.ESRI, row.Downstream, row.Upstream, row.ErrorBound = &score.ESRI, &score.Downstream, &score.Upstream, &score.Error
	_, row.Share = l.run.network.Sales(i)
	return row
}

// victims are whom company i takes down.
func (l *systemicList) victims(k *esri.Worker, i int32) []SystemicVictim {
	k.Rounds(i)
	out := []SystemicVictim{}
	for _, loss := range k.Losses(l.req.Victims + 1) {
		_, share := l.run.network.Sales(loss.Company)
		if loss.Company != i && len(out) < l.req.Victims {
			out = append(out, SystemicVictim{Ref: refOf(l.v, graph.KindCompany, l.nodes[loss.Company]), Downstream: loss.Downstream, Upstream: loss.Upstream, Loss: loss.Greater() * share})
		}
	}
	return out
}
