package queries

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// StopList lists companies whose stop alone stops a line, or may.
type StopList struct {
	ListHead
	Tried int       `json:"tried" doc:"Companies upstream that were stopped, one at a time, to see what happens: those first of which it may be certain, then the nearest. Where these are not all, the total is null"`
	Items []StopRow `json:"items"`
}

// StopRow is a company whose stop alone stops a line of the company asked about, or may.
type StopRow struct {
	ChokeSupplier
	Lines       []StoppedLine `json:"lines" doc:"Lines that stop, or may"`
	CompanyLoss *Interval     `json:"company_loss" doc:"What the company asked about loses over all its lines"`
	Sentence    string        `json:"sentence"`
}

// StoppedLine is a line of the company asked about.
type StoppedLine struct {
	Product *Ref      `json:"product" doc:"What the line makes; null where no product of the company is known"`
	Stops   bool      `json:"stops" doc:"It stops for certain, within what is documented; else it may"`
	Loss    *Interval `json:"loss" doc:"Part of its output that is lost, at least and at most"`
}

const (
	// maxStopUpstream is how many companies may stand upstream where stops are found beside the other lists.
	maxStopUpstream = 20_000
	// maxStopTried is how many of them are then stopped.
	maxStopTried = 500
)

// stopFound is an item of the list of stops.
type stopFound struct {
	several bool // the company has several lines
	company graph.Node
	tier    int
	lines   []stoppedLine
	whole   lost // of the company asked about
	certain int  // lines that stop for certain
	least   float64
}

type stoppedLine struct {
	product graph.Node
	lost
}

// key puts first what stops the most lines for certain, then the greatest certain loss of a line that may stop, then
// the most lines that may stop, the nearest.
func (s stopFound) key() chokeKey {
	return chokeKey{numbers: [4]int{-s.certain, -int(math.Round(s.least * 1e9)), -len(s.lines), s.tier}, nodes: [3]graph.Node{graph.NoNode, graph.NoNode, s.company}}
}

// findStops stops the companies upstream, one at a time.
func (c *choke) findStops(ctx context.Context) error {
	list := c.out.Stops
	u := c.paths.upstream
	if c.req.Kind == "all" && len(u.nodes) > maxStopUpstream {
		list.stop(StoppedByLimit)
		c.out.warn(fmt.Sprintf("whose stop stops a line was not found out: more than %d companies stand upstream; ask for this kind alone, which takes longer", maxStopUpstream))
		return nil
	}
	s, err := c.newStops(ctx)
	if err != nil {
		return err
	}
	order := s.order()
	tried := order
	if c.req.Kind == "all" && len(order) > maxStopTried {
		tried = order[:maxStopTried]
		list.stop(StoppedByLimit)
	}
	err = s.try(ctx, tried)
	for _, f := range s.found {
		if f != nil {
			list.Tried++
			if len(f.lines) > 0 {
				c.stopped = append(c.stopped, *f)
			}
		}
	}
	if total := len(c.stopped); err == nil && len(tried) == len(order) {
		list.Total = &total
	}
	return err
}

// stops is the production of everything upstream of the company, and of the company.
type stops struct {
	c     *choke
	net   *network
	lines []planLine
	found []*stopFound // of those tried
}

func (c *choke) newStops(ctx context.Context) (*stops, error) {
	p := newProduction(c.v, c.filter)
	companies := slices.Clone(c.paths.nodes)
	order := least{v: c.v}
	slices.SortFunc(companies, order.compare)
	net, err := p.network(ctx, companies)
	if err != nil {
		return nil, err
	}
	return &stops{c: c, net: net, lines: p.plan(c.company).lines}, nil
}

// order are the companies upstream: those first whose stop may cost the company something for certain, then by tier
// and id.
func (s *stops) order() []int32 {
	u := s.c.paths.upstream
	certain := s.certain()
	out := make([]int32, 0, len(u.nodes)-1)
	for i := 1; i < len(u.nodes); i++ {
		out = append(out, int32(i))
	}
	order := least{v: s.c.v}
	slices.SortFunc(out, func(a, b int32) int {
		x, y := u.nodes[a], u.nodes[b]
		if certain[x] != certain[y] {
			if certain[x] {
				return -1
			}
			return 1
		}
		if ta, tb := u.tier(a), u.tier(b); ta != tb {
			return ta - tb
		}
		return order.compare(x, y)
	})
	return out
}

// certain are the companies whose stop can cost the company anything for certain: those from which edges lead to it
// that pass on certain losses.
func (s *stops) certain() map[graph.Node]bool {
	net := s.net.net
	seen := make([]bool, net.Nodes())
	var todo []int32
	add := func(n int32) {
		if n != loss.Nobody && !seen[n] {
			seen[n] = true
			todo = append(todo, n)
		}
	}
	for i := range s.lines {
		add(s.net.nodeOfLine(s.c.company, i))
	}
	out := map[graph.Node]bool{}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		out[s.net.owner[n]] = true
		low, high := net.Inputs(n)
		for i := low; i < high; i++ {
			s.certainSources(i, add)
		}
	}
	return out
}

// certainSources calls add with the sources whose certain losses an input passes on.
func (s *stops) certainSources(i int32, add func(int32)) {
	net := s.net.net
	in := net.Input(i)
	complete := in.Complete || s.options().AssumeComplete
	if in.Maybe || in.Essential == loss.Unstated || in.Essential == loss.No && in.Weight == loss.Unknown || in.ByValue && !complete {
		return
	}
	first, end := net.Edges(i)
	for e := first; e < end; e++ {
		if share := net.ShareOf(e); share == loss.Unknown && complete || share != loss.Unknown && share.Low > 0 {
			add(net.Source(e))
		}
	}
}

func (s *stops) options() loss.Options {
	return loss.Options{AssumeComplete: s.c.req.Assume == "complete", Level: loss.Both}
}

// try stops each of the companies by itself, several at once.
func (s *stops) try(ctx context.Context, companies []int32) error {
	s.found = make([]*stopFound, len(companies))
	var next atomic.Int64
	var failed error
	var once sync.Once
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(companies)) {
		group.Go(func() {
			run := loss.NewRun(s.net.net, s.options())
			for at := next.Add(1) - 1; at < int64(len(companies)); at = next.Add(1) - 1 {
				err := ctx.Err()
				if err == nil {
					err = s.net.whenStopped(ctx, run, s.c.paths.nodes[companies[at]])
				}
				if err != nil {
					once.Do(func() { failed = err })
					return
				}
				s.found[at] = s.read(run, companies[at])
			}
		})
	}
	group.Wait()
	return failed
}

// read is what the company loses in the scenario that was solved.
func (s *stops) read(run *loss.Run, stopped int32) *stopFound {
	c := s.c
	out := s.net.outletOf(c.company)
	f := &stopFound{company: c.paths.nodes[stopped], tier: c.paths.tier(stopped), whole: lost{run.Low(out), run.High(out)}, several: len(s.lines) > 1}
	for i, line := range s.lines {
		n := s.net.nodeOfLine(c.company, i)
		if l := (lost{run.Low(n), run.High(n)}); l.high >= whole {
			f.lines = append(f.lines, stoppedLine{line.product, l})
			count(&f.certain, l.low >= whole)
			f.least = max(f.least, l.low)
		}
	}
	return f
}

func (c *choke) stopRow(s stopFound, alternatives *chokeAlternatives) StopRow {
	bounds := func(l lost) *Interval {
		return &Interval{Low: rounded(l.low), High: rounded(l.high), Basis: BasisBounds}
	}
	row := StopRow{Lines: []StoppedLine{}, CompanyLoss: bounds(s.whole)}
	local, _ := c.paths.has(s.company)
	c.supplier(&row.ChokeSupplier, s.company, c.paths.nearest(c, local, nil), alternatives)
	row.Tier = s.tier
	for _, l := range s.lines {
		row.Lines = append(row.Lines, StoppedLine{Product: c.product(l.product), Stops: l.low >= whole, Loss: bounds(l.lost)})
	}
	row.Sentence = c.stopSentence(&row, s.several)
	return row
}

func (c *choke) stopSentence(row *StopRow, several bool) string {
	of := " of " + c.out.Company.Name
	var certain, maybe []string
	for _, l := range row.Lines {
		name := "everything"
		switch {
		case l.Product != nil:
			name = l.Product.Name
		case several:
			name = "other business"
		}
		switch {
		case l.Stops:
			certain = append(certain, name)
		case l.Loss.Low > 0:
			maybe = append(maybe, fmt.Sprintf("%s (at least %.4g%% is lost)", name, 100*l.Loss.Low))
		default:
			maybe = append(maybe, name)
		}
	}
	text := "If " + row.Name + " stops, "
	switch {
	case maybe == nil:
		text += inWords(certain) + of + verb(certain, " stops", " stop")
	case certain == nil:
		text += inWords(maybe) + of + " may stop"
	default:
		text += inWords(certain) + of + verb(certain, " stops", " stop") + ", and " + inWords(maybe) + " may"
	}
	return text + "."
}

// mostListed is how many names a sentence lists.
const mostListed = 5

func inWords(names []string) string {
	if more := len(names) - mostListed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostListed], ", "), more)
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return names[0]
}

func verb(names []string, one, many string) string {
	if len(names) == 1 {
		return one
	}
	return many
}
