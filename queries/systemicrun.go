package queries

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/esri"
)

// systemicRun is one network with the scores known so far. It holds no View: companies are numbered in the order of
// ids, which is the same in all Views of a revision.
type systemicRun struct {
	key      string // store, revision, scope and variant
	options  esri.Options
	network  *esri.Network
	bounds   *esri.Bounds
	sums     SystemicSums
	coverage Coverage
	linked   []int32 // companies with a relation that counts
	isLinked []bool

	working sync.Mutex // one computation at a time: each takes all processors
	mu      sync.Mutex
	scores  []esri.Score
	have    []bool
	loaded  bool
}

// lastSystemic are the runs asked for last, with their scores, the last one first.
var lastSystemic struct {
	sync.Mutex
	runs []*systemicRun
}

const keptSystemic = 4

func systemicOf(ctx context.Context, v *graph.View, req SystemicRequest) (*systemicRun, error) {
	key := fmt.Sprintf("%s %d %v %s", v.Head().UUID, v.Head().Revision, req.Scope, req.variant())
	lastSystemic.Lock()
	defer lastSystemic.Unlock()
	if at := slices.IndexFunc(lastSystemic.runs, func(r *systemicRun) bool { return r.key == key }); at >= 0 {
		run := lastSystemic.runs[at]
		copy(lastSystemic.runs[1:at+1], lastSystemic.runs[:at])
		lastSystemic.runs[0] = run
		return run, nil
	}
	b := systemicBuilder{v: v, req: req, filter: req.filter(), run: &systemicRun{key: key}}
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	lastSystemic.runs = slices.Insert(lastSystemic.runs, 0, b.run)
	lastSystemic.runs = lastSystemic.runs[:min(len(lastSystemic.runs), keptSystemic)]
	return b.run, nil
}

// systemicBuilder turns a View into the arrays of the kernel.
type systemicBuilder struct {
	v      *graph.View
	req    SystemicRequest
	filter graph.Filter
	run    *systemicRun
	links  []esri.Link
	answer Answer // for its coverage
}

// valuedRelation is an active relation with the value that counts, if it has one.
type valuedRelation struct {
	rel              graph.Rel
	value            float64
	currency, period string
}

func (b *systemicBuilder) build(ctx context.Context) error {
	list, err := b.relations(ctx)
	if err != nil {
		return err
	}
	b.measure(list)
	b.link(list)
	nodes := companiesByID(b.v)
	sectors := b.sectors(nodes)
	run := b.run
	run.network = esri.New(len(nodes), sectors, b.links)
	run.sums.Total = run.network.Total()
	run.coverage = b.answer.Coverage
	run.options = esri.Options{Replaceable: b.req.Replaceability == "on", Eps: b.req.Eps, Error: b.req.Error}
	run.bounds = esri.NewBounds(run.network, run.options)
	run.scores, run.have = make([]esri.Score, len(nodes)), make([]bool, len(nodes))
	return nil
}

// relations are the active supplies relations.
func (b *systemicBuilder) relations(ctx context.Context) (list []valuedRelation, err error) {
	active := b.v.Activity(b.filter)
	for r := range b.v.RelationsOf(graph.KindSupplies) {
		if len(list)&0xFFFF == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !active.Has(r) {
			continue
		}
		x := valuedRelation{rel: r}
		if n, ok := b.v.FoldNumber(r, b.filter, graph.FieldValue); ok {
			x.value, x.currency, x.period = n.Value, b.v.Claim(r, n.From).Currency, string(n.Period)
		}
		list = append(list, x)
	}
	return list, nil
}

// measure chooses the currency and period of the most relations where they are not asked for; of equals the first.
func (b *systemicBuilder) measure(list []valuedRelation) {
	type measure struct{ currency, period string }
	counts := map[measure]int{}
	for _, x := range list {
		m := measure{x.currency, x.period}
		if x.currency != "" && (b.req.Currency == "" || b.req.Currency == x.currency) && (b.req.Period == "" || b.req.Period == x.period) {
			counts[m]++
		}
	}
	best := measure{b.req.Currency, b.req.Period}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, c measure) int {
		return cmp.Or(counts[c]-counts[a], strings.Compare(a.currency, c.currency), strings.Compare(a.period, c.period))
	})
	if len(keys) > 0 {
		best = keys[0]
	}
	b.run.sums.Currency, b.run.sums.Period = best.currency, best.period
}

// link makes the links of the relations that count.
func (b *systemicBuilder) link(list []valuedRelation) {
	sums := &b.run.sums
	has := func(x *valuedRelation) bool {
		return x.currency != "" && x.currency == sums.Currency && x.period == sums.Period
	}
	mean, valued := 0.0, 0
	for i := range list {
		if has(&list[i]) {
			mean += list[i].value
			valued++
		}
	}
	if mean /= float64(max(1, valued)); mean == 0 {
		mean = 1
	}
	place := make([]int32, b.v.NodeCount(graph.KindCompany))
	for i, n := range companiesByID(b.v) {
		place[n] = int32(i)
	}
	b.run.isLinked = make([]bool, len(place))
	for i := range list {
		x := &list[i]
		value := x.value
		switch {
		case has(x):
		case b.req.MissingValue == "equal":
			value = mean
			sums.Imputed++
		default:
			sums.LeftOut++
			continue
		}
		sums.Relations++
		from, to, _ := b.v.Ends(x.rel)
		link := esri.Link{From: place[from], To: place[to], Value: value}
		if b.v.FoldText(x.rel, b.filter, graph.FieldEssential) == "true" {
			sums.Essential++
			link.Essential = b.req.Production == "essential"
		}
		b.links = append(b.links, link)
		b.run.isLinked[link.From], b.run.isLinked[link.To] = true, true
		head := b.v.FoldHead(x.rel, b.filter)
		b.answer.count(b.v, &head, b.filter)
	}
}

// sectors numbers the sectors; a company without one is a sector of its own.
func (b *systemicBuilder) sectors(nodes []graph.Node) []int32 {
	numbers := map[string]int32{}
	sectors := make([]int32, len(nodes))
	next := int32(0)
	for i, n := range nodes {
		if b.run.isLinked[i] {
			b.run.linked = append(b.run.linked, int32(i))
		}
		name := strings.ToLower(b.v.NodeText(graph.KindCompany, n, graph.FieldSector))
		number, ok := numbers[name]
		if name == "" || !ok {
			number = next
			next++
		}
		if name != "" {
			numbers[name] = number
		} else if b.run.isLinked[i] {
			b.run.sums.NoSector++
		}
		sectors[i] = number
	}
	b.run.sums.Companies = len(b.run.linked)
	return sectors
}

// has reports whether company i has a relation that counts.
func (r *systemicRun) has(i int32) bool { return r.isLinked[i] }

func (r *systemicRun) assumptions(req SystemicRequest) []string {
	s := r.sums
	out := []string{}
	if s.Currency != "" {
		of := "of period " + s.Period
		if s.Period == "" {
			of = "without a period"
		}
		out = append(out, fmt.Sprintf("values count that are in %s and %s", s.Currency, of))
	}
	if req.MissingValue == "equal" {
		out = append(out, fmt.Sprintf("%d relations without such a value count like the mean of the others: imputed, not stated", s.Imputed))
	} else {
		out = append(out, fmt.Sprintf("%d active relations without such a value are left out", s.LeftOut))
	}
	if req.Production == "linear" {
		out = append(out, "production is linear: each input is missed by its part of the cost, none is essential")
	} else {
		out = append(out, "inputs stated to be essential stop the buyer, by sector of the supplier; all others are missed by their part of the cost")
	}
	if req.Replaceability == "on" {
		out = append(out, "customers of a company that stops turn to what is left of its sector; a company without a sector is one of its own, and nobody replaces it")
	} else {
		out = append(out, "nobody replaces a company that stops")
	}
	if req.Eps > 0 {
		out = append(out, "the rounds end when no company loses more than "+number(req.Eps)+" in one")
	}
	return out
}

// explainer is a worker that tells whom a company takes down.
func (r *systemicRun) explainer() *esri.Worker {
	o := r.options
	if o.Eps == 0 {
		o.Eps = explainEps
	}
	return esri.NewWorker(r.bounds, o)
}

// explainEps ends the rounds that find a company's victims.
const explainEps = 1e-4

// compute finds the scores that are not yet known, on all processors. It returns the error of the context.
func (r *systemicRun) compute(ctx context.Context, wanted []int32, progress func(done, total int), keep SystemicKeeper) error {
	r.working.Lock()
	defer r.working.Unlock()
	r.load(keep)
	var todo []int32
	for _, i := range wanted {
		if r.isLinked[i] && !r.have[i] {
			todo = append(todo, i)
		}
	}
	if len(todo) == 0 {
		return nil
	}
	c := systemicWork{run: r, todo: todo, before: len(wanted) - len(todo), total: len(wanted), progress: progress}
	stop := c.saveNowAndThen(keep)
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(todo)) {
		group.Go(func() { c.work(ctx) })
	}
	group.Wait()
	stop()
	if int(c.done.Load()) == len(todo) {
		return nil
	}
	return ctx.Err()
}

// systemicWork is one computation.
type systemicWork struct {
	run           *systemicRun
	todo          []int32
	before, total int
	progress      func(done, total int)
	next, done    atomic.Int64
}

func (c *systemicWork) work(ctx context.Context) {
	k := esri.NewWorker(c.run.bounds, c.run.options)
	for {
		at := int(c.next.Add(1)) - 1
		if at >= len(c.todo) || ctx.Err() != nil {
			return
		}
		score := k.Score(c.todo[at])
		c.run.mu.Lock()
		c.run.scores[c.todo[at]], c.run.have[c.todo[at]] = score, true
		c.run.mu.Unlock()
		if done := int(c.done.Add(1)); c.progress != nil && done%progressEvery == 0 {
			c.progress(c.before+done, c.total)
		}
	}
}

const (
	progressEvery = 64
	saveEvery     = 5 * time.Second
)

// saveNowAndThen keeps what is known every few seconds, and when it is stopped.
func (c *systemicWork) saveNowAndThen(keep SystemicKeeper) (stop func()) {
	if keep == nil {
		return func() {}
	}
	ended, saved := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(saved)
		tick := time.NewTicker(saveEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				keep.Save(c.run.key, c.run.encode())
			case <-ended:
				keep.Save(c.run.key, c.run.encode())
				return
			}
		}
	}()
	return func() {
		close(ended)
		<-saved
	}
}

// keptScore is a score as it is kept.
type keptScore struct {
	Company int32
	Score   esri.Score
}

func (r *systemicRun) encode() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b bytes.Buffer
	for i, have := range r.have {
		if have {
			_ = binary.Write(&b, binary.LittleEndian, keptScore{int32(i), r.scores[i]}) // a buffer takes everything
		}
	}
	return b.Bytes()
}

// load takes over what was kept, once.
func (r *systemicRun) load(keep SystemicKeeper) {
	if keep == nil || r.loaded {
		return
	}
	r.loaded = true
	in := bytes.NewReader(keep.Load(r.key))
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		var k keptScore
		if binary.Read(in, binary.LittleEndian, &k) != nil {
			return
		}
		if k.Company >= 0 && int(k.Company) < len(r.scores) {
			r.scores[k.Company], r.have[k.Company] = k.Score, true
		}
	}
}

func parseFloat(text string) float64 {
	x, _ := strconv.ParseFloat(text, 64) // what number wrote
	return x
}
