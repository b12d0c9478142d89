package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// What companies are grouped by.
const (
	FlowsByCountry = "country"
	FlowsBySector  = "sector"
)

// OtherGroups is the name under which the groups beyond Top count as one. No country and no sector is called that.
const OtherGroups = "*"

// MaxTopGroups is the most groups that flows are told of by name.
const MaxTopGroups = 1000

// FlowsRequest asks how many relations lead from the companies of one country, or sector, to those of another.
type FlowsRequest struct {
	Scope
	Page
	By string // FlowsByCountry when empty, or FlowsBySector
	// Top is how many groups stand by themselves, those with the most relations first; the others count as one,
	// OtherGroups. 0 for all.
	Top int
}

// FlowsAnswer tells between which groups of companies relations lead. What is not stated is a group with an empty name.
type FlowsAnswer struct {
	Answer
	By     string      `json:"by" enum:"country,sector" doc:"What companies are grouped by: the country of their headquarters, or their sector as it is stated, case ignored"`
	Groups []FlowGroup `json:"groups" doc:"Those with the most relations first; the one of the others (*) and the one of what is not stated (an empty name) last"`
	Folded int         `json:"folded" doc:"Groups that count as one, the others (*)"`
	Items  []Flow      `json:"items" doc:"The most relations first, then by name"`
	Paging
}

// FlowGroup is the companies of one country or sector.
type FlowGroup struct {
	Name      string `json:"name" doc:"ISO 3166-1 of a country, or a sector; empty where none is stated; * for the others beyond top"`
	Companies int    `json:"companies"`
	Supplied  int    `json:"supplied" doc:"Active relations of which the supplier is in the group"`
	Bought    int    `json:"bought" doc:"Active relations of which the buyer is in the group"`
	Inside    int    `json:"inside" doc:"Active relations of which both are"`
}

// Flow is what leads from one group to another, or stays within it.
type Flow struct {
	From      string `json:"from" doc:"Group of the suppliers"`
	To        string `json:"to" doc:"Group of the buyers"`
	Relations int    `json:"relations" doc:"Active supplies relations"`
	Sourced   int    `json:"sourced" doc:"Relations of which a claim cites a source"`
}

// Rows are the flows, a slice.
func (a *FlowsAnswer) Rows() any { return a.Items }

// lastFlows keep what was counted last by each: the count reads every claim.
var lastFlows = map[string]*memo[*flowTable]{FlowsByCountry: {}, FlowsBySector: {}}

// Flows counts the relations between countries, or sectors. Errors wrap graph.ErrInvalid, or are those of the context:
// half a count would say nothing.
func Flows(ctx context.Context, v *graph.View, req FlowsRequest) (*FlowsAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), 3)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	table, err := flowsOf(ctx, v, req.Scope.filter(), req.By)
	if err != nil {
		return nil, err
	}
	out := &FlowsAnswer{Answer: newAnswer(v, req.Scope, flowAssumption[req.By]), By: req.By, Items: []Flow{}, Paging: paging}
	out.Coverage = table.coverage
	groups := table.top(req.Top)
	out.Groups, out.Folded = groups.groups, groups.folded
	return out, out.page(v, req, table.between(groups), key)
}

var flowAssumption = map[string]string{
	FlowsByCountry: "a company counts for the country of its headquarters, wherever it makes things",
	FlowsBySector:  "a company counts for its sector as it is stated; case is ignored",
}

// Resolve checks the request, apart from the scope and the page, and spells out what it leaves to defaults.
func (req FlowsRequest) Resolve() (FlowsRequest, error) {
	if req.Top < 0 || req.Top > MaxTopGroups {
		return req, fmt.Errorf("%w: top %d; allowed: 0 (all) to %d", graph.ErrInvalid, req.Top, MaxTopGroups)
	}
	by, err := oneOf("by", req.By, FlowsByCountry, FlowsBySector)
	req.By = by
	return req, err
}

func (req FlowsRequest) question() any {
	return struct {
		Flows string
		Top   int
	}{req.By, req.Top}
}

// page writes the part asked for.
func (a *FlowsAnswer) page(v *graph.View, req FlowsRequest, flows []Flow, key []string) error {
	total := len(flows)
	a.Total = &total
	if key != nil {
		n, err := strconv.Atoi(key[0])
		if err != nil {
			return fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
		}
		last := Flow{Relations: n, From: key[1], To: key[2]}
		flows = flows[slices.IndexFunc(append(slices.Clip(flows), Flow{}), func(f Flow) bool { return f.Relations == 0 || compareFlows(f, last) > 0 }):]
	}
	if req.Limit > 0 && len(flows) > req.Limit {
		flows = flows[:req.Limit]
		last := flows[len(flows)-1]
		a.stop(StoppedByLimit)
		a.NextCursor = nextCursor(v, req.Scope, req.question(), strconv.Itoa(last.Relations), last.From, last.To)
	}
	a.Items = append(a.Items, flows...)
	return nil
}

func compareFlows(a, b Flow) int {
	return cmp.Or(b.Relations-a.Relations, strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
}
